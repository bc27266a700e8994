/* SPDX-License-Identifier: ISC */
/*
 * object/inflate.c: zlib streams in and out. Stages fetch and parser; zlib sees hostile bytes, so
 * its room is always bounded.
 */
#include <limits.h>
#include "object/inflate.h"

const struct fault fault_zlib = {BLAME_REPOSITORY, "a zlib stream is damaged"};

const struct fault *inflater_start(struct inflater *inf)
{
	int rc;

	if (inf->ready) {
		rc = inflateReset(&inf->z);
	} else {
		inf->z = (z_stream){0};
		rc = inflateInit(&inf->z);
		inf->ready = rc == Z_OK;
	}
	if (rc == Z_OK)
		return NULL;
	return rc == Z_MEM_ERROR ? &fault_memory : &fault_internal;
}

/* zlib counts in unsigned int. */
static uInt at_most_uint(size_t len)
{
	return len > UINT_MAX ? UINT_MAX : (uInt)len;
}

/* One call of zlib; INPUT and OUT move. */
static int inflate_step(
	struct inflater *inf, struct cursor *input, uint8_t **out, size_t *room, int flush)
{
	uint8_t none = 0; /* zlib wants an address even where there is no room */
	uInt in = at_most_uint(cursor_left(input)), space = at_most_uint(*room);
	int rc;

	inf->z.next_in = input->at;
	inf->z.avail_in = in;
	inf->z.next_out = *room ? *out : &none;
	inf->z.avail_out = space;
	rc = inflate(&inf->z, flush);
	if (!cursor_skip(input, in - inf->z.avail_in))
		return Z_STREAM_ERROR;
	if (*room)
		*out += space - inf->z.avail_out;
	*room -= space - inf->z.avail_out;
	return rc;
}

static const struct fault *run(struct inflater *inf, struct cursor *input, uint8_t *out,
	size_t *out_len, bool *done, int flush)
{
	size_t room = *out_len, before;
	int rc;

	do {
		before = cursor_left(input) + room;
		rc = inflate_step(inf, input, &out, &room, flush);
	} while ((rc == Z_OK || rc == Z_BUF_ERROR) && cursor_left(input) + room < before);
	*out_len -= room;
	*done = rc == Z_STREAM_END;
	if (*done || rc == Z_OK || rc == Z_BUF_ERROR)
		return NULL;
	if (rc == Z_MEM_ERROR)
		return &fault_memory;
	return fault_note(&fault_zlib, "%s", inf->z.msg ? inf->z.msg : "preset dictionary");
}

const struct fault *inflater_run(
	struct inflater *inf, struct cursor *input, uint8_t *out, size_t *out_len, bool *done)
{
	return run(inf, input, out, out_len, done, Z_NO_FLUSH);
}

void inflater_free(struct inflater *inf)
{
	if (inf->ready)
		inflateEnd(&inf->z);
	*inf = (struct inflater){0};
}

/* Z_FINISH spares zlib the copy into its window: everything is in OUT already. */
const struct fault *inflate_whole(
	struct inflater *inf, struct cursor *input, uint8_t *out, size_t len)
{
	size_t got = len;
	bool done;

	TRY(inflater_start(inf));
	TRY(run(inf, input, out, &got, &done, Z_FINISH));
	if (!done)
		return fault_note(&fault_zlib, got == len ? "too long" : "cut off");
	return got == len ? NULL : fault_note(&fault_zlib, "too short");
}
