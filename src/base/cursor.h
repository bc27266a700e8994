/* SPDX-License-Identifier: ISC */
/*
 * base/cursor.h: the one way to look at bytes that somebody else chose.
 *
 * A cursor is what has not been read yet of some memory it does not own. Every getter either takes
 * what it names and moves on, or returns false and changes nothing. A parser ends by asking
 * cursor_at_end(). Pointer arithmetic on foreign bytes appears nowhere else. The getters that trees
 * and indexes are read with, millions of times, are inline.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/fault.h"

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
};

static inline struct cursor cursor_over(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	return (struct cursor){p, len ? p + len : p};
}

static inline struct cursor cursor_over_text(const char *text)
{
	return cursor_over(text, strlen(text));
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static inline bool cursor_at_end(const struct cursor *c)
{
	return c->at == c->end;
}

/* Takes LEN bytes as a cursor of their own. */
MUST_USE static inline bool cursor_take(struct cursor *c, size_t len, struct cursor *out)
{
	if (len > cursor_left(c))
		return false;
	*out = (struct cursor){c->at, c->at + len};
	c->at += len;
	return true;
}

MUST_USE static inline bool cursor_skip(struct cursor *c, size_t len)
{
	struct cursor dropped;

	return cursor_take(c, len, &dropped);
}

/* Takes LEN bytes as they lie, for the integers below. */
MUST_USE static inline bool cursor_copy(struct cursor *c, void *out, size_t len)
{
	struct cursor bytes;

	if (!cursor_take(c, len, &bytes))
		return false;
	memcpy(out, bytes.at, len);
	return true;
}

/* Integers of fixed width, most significant byte first. */
MUST_USE static inline bool cursor_u8(struct cursor *c, uint8_t *out)
{
	return cursor_copy(c, out, sizeof *out);
}

MUST_USE static inline bool cursor_be16(struct cursor *c, uint16_t *out)
{
	uint16_t raw;

	if (!cursor_copy(c, &raw, sizeof raw))
		return false;
	*out = be16toh(raw);
	return true;
}

MUST_USE static inline bool cursor_be32(struct cursor *c, uint32_t *out)
{
	uint32_t raw;

	if (!cursor_copy(c, &raw, sizeof raw))
		return false;
	*out = be32toh(raw);
	return true;
}

MUST_USE static inline bool cursor_be64(struct cursor *c, uint64_t *out)
{
	uint64_t raw;

	if (!cursor_copy(c, &raw, sizeof raw))
		return false;
	*out = be64toh(raw);
	return true;
}

/* Takes the bytes before the next STOP as OUT and drops STOP itself; false if there is none. */
MUST_USE static inline bool cursor_until(struct cursor *c, uint8_t stop, struct cursor *out)
{
	const uint8_t *found =
		cursor_at_end(c) ? NULL : (const uint8_t *)memchr(c->at, stop, cursor_left(c));

	if (!found)
		return false;
	*out = (struct cursor){c->at, found};
	c->at = found + 1;
	return true;
}

/* Takes exactly the bytes of TEXT (its NUL is not compared). */
bool cursor_literal(struct cursor *c, const char *text) MUST_USE;

/* Takes everything that is left. */
struct cursor cursor_rest(struct cursor *c);

/* Takes one or more decimal digits, no sign; false on overflow or over MAX. "007" is taken as 7. */
bool cursor_decimal(struct cursor *c, uint64_t max, uint64_t *out) MUST_USE;

/* Drops one trailing LF, if there is one: pkt-line text lines may or may not end in it. */
void cursor_chomp(struct cursor *c);

/* True if what is left is exactly TEXT. */
bool cursor_is(const struct cursor *c, const char *text);
bool cursor_starts(const struct cursor *c, const char *text);

/* Copies what is left, NUL-terminated, into OUT; false if it has a NUL or does not fit in SIZE. */
bool cursor_copy_text(const struct cursor *c, char *out, size_t size) MUST_USE;

#endif
