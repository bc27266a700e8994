/* SPDX-License-Identifier: ISC */
/*
 * object/delta.c: deltas applied to their bases. Stages fetch and parser; trusts neither the delta
 * nor the base.
 */
#include <string.h>
#include "object/delta.h"

const struct fault fault_delta = {BLAME_REPOSITORY, "a delta does not fit its base"};

/* The sizes are written seven bits at a time, the lowest first. */
#define SIZE_SHIFT_MAX 63
/* A copy of size 0 means this many bytes. */
#define COPY_SIZE_DEFAULT 0x10000

static bool take_size(struct cursor *c, uint64_t *size)
{
	uint8_t byte;

	*size = 0;
	for (unsigned shift = 0; shift <= SIZE_SHIFT_MAX; shift += 7) {
		if (!cursor_u8(c, &byte))
			return false;
		if (shift == SIZE_SHIFT_MAX && (byte & 0x7f) > 1)
			return false;
		*size |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

const struct fault *delta_sizes(struct cursor *delta, uint64_t *base_size, uint64_t *result_size)
{
	struct cursor ahead = *delta;

	if (!take_size(&ahead, base_size) || !take_size(&ahead, result_size))
		return fault_note(&fault_delta, "its sizes cannot be read");
	*delta = ahead;
	return NULL;
}

/* Takes the bytes of a number that PRESENT says are there, bit by bit from the lowest. */
static bool take_sparse(struct cursor *c, unsigned present, size_t *value)
{
	uint8_t byte;

	*value = 0;
	for (unsigned shift = 0; present; present >>= 1, shift += 8) {
		if (!(present & 1))
			continue;
		if (!cursor_u8(c, &byte))
			return false;
		*value |= (size_t)byte << shift;
	}
	return true;
}

/* The bytes of the base that a copy instruction names. */
static bool take_copy(struct cursor *c, uint8_t opcode, struct cursor base, struct cursor *source)
{
	size_t offset, size;

	if (!take_sparse(c, opcode & 0x0f, &offset) || !take_sparse(c, opcode >> 4 & 0x07, &size))
		return false;
	return cursor_skip(&base, offset) &&
	       cursor_take(&base, size ? size : COPY_SIZE_DEFAULT, source);
}

/* An opcode of 0 is reserved; those below 0x80 are the number of literal bytes that follow. */
static bool take_instruction(struct cursor *c, struct cursor base, struct cursor *source)
{
	uint8_t opcode;

	if (!cursor_u8(c, &opcode) || opcode == 0)
		return false;
	return opcode & 0x80 ? take_copy(c, opcode, base, source) : cursor_take(c, opcode, source);
}

const struct fault *delta_apply(
	struct cursor base, struct cursor instructions, uint8_t *out, size_t out_len)
{
	struct cursor source;

	while (!cursor_at_end(&instructions)) {
		if (!take_instruction(&instructions, base, &source))
			return fault_note(&fault_delta, "a bad instruction");
		if (cursor_left(&source) > out_len)
			return fault_note(&fault_delta, "the result is too long");
		memcpy(out, source.at, cursor_left(&source));
		out += cursor_left(&source);
		out_len -= cursor_left(&source);
	}
	if (out_len)
		return fault_note(&fault_delta, "the result is too short");
	return NULL;
}
