/* SPDX-License-Identifier: ISC */
/*
 * object/delta_make.h: making a delta between two versions of one thing, in the form that
 * object/delta.h reads. No search: whoever calls knows which two belong together.
 */
#ifndef OBJECT_DELTA_MAKE_H
#define OBJECT_DELTA_MAKE_H

#include "base/buffer.h"
#include "base/cursor.h"

/* Larger objects are not worth the memory: each side, and 1/4 of the base for its index. */
#define DELTA_MAKE_MAX ((size_t)16 << 20)

/*
 * Appends to OUT, which is empty, the delta that makes TARGET from BASE, sizes first. *MADE is
 * false, and OUT of no use, if it would be longer than MAX bytes or a side is over DELTA_MAKE_MAX.
 * Takes time in proportion to both sizes, whatever they hold.
 */
const struct fault *delta_make(struct cursor base, struct cursor target, size_t max,
	struct buffer *out, bool *made) MUST_USE;

#endif
