/* SPDX-License-Identifier: ISC */
/* object/delta.h: deltified representation, gitformat-pack(5), "Deltified representation". */
#ifndef OBJECT_DELTA_H
#define OBJECT_DELTA_H

#include "base/cursor.h"
#include "base/fault.h"

extern const struct fault fault_delta; /* repository: a delta that does not fit its base */

/* Reads the two sizes that a delta begins with; DELTA moves to its instructions. */
const struct fault *delta_sizes(
	struct cursor *delta, uint64_t *base_size, uint64_t *result_size) MUST_USE;

/* Applies the instructions to BASE; OUT has exactly the result's size, all of which is written. */
const struct fault *delta_apply(
	struct cursor base, struct cursor instructions, uint8_t *out, size_t out_len) MUST_USE;

#endif
