/* SPDX-License-Identifier: ISC */
/*
 * object/inflate.h: zlib streams of objects (RFC 1950), with one reusable state each way.
 */
#ifndef OBJECT_INFLATE_H
#define OBJECT_INFLATE_H

#define ZLIB_CONST
#include <zlib.h>
#include "base/cursor.h"
#include "base/fault.h"

extern const struct fault
	fault_zlib; /* repository: a stream that is damaged, too long or too short */

struct inflater {
	z_stream z;
	bool ready;
};

/* Start of a new stream; memory is taken once and kept until inflater_free(). */
const struct fault *inflater_start(struct inflater *inf) MUST_USE;
/*
 * Inflates from INPUT (which moves) into OUT of *OUT_LEN bytes; *OUT_LEN becomes what was written.
 * *DONE is set when the stream has ended and its checksum was right.
 */
const struct fault *inflater_run(struct inflater *inf, struct cursor *input, uint8_t *out,
	size_t *out_len, bool *done) MUST_USE;
void inflater_free(struct inflater *inf);

/* A whole stream of exactly LEN bytes; INPUT moves past it. */
const struct fault *inflate_whole(
	struct inflater *inf, struct cursor *input, uint8_t *out, size_t len) MUST_USE;

struct deflater {
	z_stream z;
	bool ready;
};
const struct fault *deflater_start(struct deflater *def) MUST_USE;
/* Deflates INPUT, all of it, calling SINK with the pieces; LAST ends the stream. */
typedef const struct fault *deflate_sink(void *arg, const void *bytes, size_t len);
const struct fault *deflater_run(struct deflater *def, struct cursor input, bool last,
	deflate_sink *sink, void *arg) MUST_USE;
void deflater_free(struct deflater *def);

#endif
