/* SPDX-License-Identifier: ISC */
/* object/deflate.c: compressing what is sent or stored. Stages fetch and parser. */
#include <limits.h>
#include "object/inflate.h"

#define DEFLATE_PIECE 16384

const struct fault *deflater_start(struct deflater *def)
{
	int rc;

	if (def->ready) {
		rc = deflateReset(&def->z);
	} else {
		def->z = (z_stream){0};
		rc = deflateInit(&def->z, Z_DEFAULT_COMPRESSION);
		def->ready = rc == Z_OK;
	}
	if (rc == Z_OK)
		return NULL;
	return rc == Z_MEM_ERROR ? &fault_memory : &fault_internal;
}

/* Runs until zlib has no more to say about its present input. */
static const struct fault *drain(struct deflater *def, int flush, deflate_sink *sink, void *arg)
{
	uint8_t piece[DEFLATE_PIECE];

	do {
		def->z.next_out = piece;
		def->z.avail_out = sizeof piece;
		if (deflate(&def->z, flush) == Z_STREAM_ERROR)
			return &fault_internal;
		if (def->z.avail_out < sizeof piece)
			TRY(sink(arg, piece, sizeof piece - def->z.avail_out));
	} while (def->z.avail_out == 0);
	return NULL;
}

const struct fault *deflater_run(
	struct deflater *def, struct cursor input, bool last, deflate_sink *sink, void *arg)
{
	struct cursor part;

	/* zlib counts in unsigned int */
	while (cursor_take(&input, UINT_MAX, &part)) {
		def->z.next_in = part.at;
		def->z.avail_in = UINT_MAX;
		TRY(drain(def, Z_NO_FLUSH, sink, arg));
	}
	def->z.next_in = input.at;
	def->z.avail_in = (uInt)cursor_left(&input);
	return drain(def, last ? Z_FINISH : Z_NO_FLUSH, sink, arg);
}

void deflater_free(struct deflater *def)
{
	if (def->ready)
		deflateEnd(&def->z);
	*def = (struct deflater){0};
}
