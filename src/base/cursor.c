/* SPDX-License-Identifier: ISC */
/* base/cursor.c: bounded reading of foreign bytes. Any stage; touches memory only. */
#include <endian.h>
#include "base/cursor.h"

bool cursor_take(struct cursor *c, size_t len, struct cursor *out)
{
	if (len > cursor_left(c))
		return false;
	*out = (struct cursor){c->at, c->at + len};
	c->at += len;
	return true;
}

bool cursor_skip(struct cursor *c, size_t len)
{
	struct cursor dropped;

	return cursor_take(c, len, &dropped);
}

bool cursor_u8(struct cursor *c, uint8_t *out)
{
	if (cursor_at_end(c))
		return false;
	*out = *c->at++;
	return true;
}

/* Copies SIZE bytes as they lie, to be turned round by the caller. */
static bool take_raw(struct cursor *c, void *out, size_t size)
{
	if (cursor_left(c) < size)
		return false;
	memcpy(out, c->at, size);
	c->at += size;
	return true;
}

bool cursor_be16(struct cursor *c, uint16_t *out)
{
	uint16_t raw;

	if (!take_raw(c, &raw, sizeof raw))
		return false;
	*out = be16toh(raw);
	return true;
}

bool cursor_be32(struct cursor *c, uint32_t *out)
{
	uint32_t raw;

	if (!take_raw(c, &raw, sizeof raw))
		return false;
	*out = be32toh(raw);
	return true;
}

bool cursor_be64(struct cursor *c, uint64_t *out)
{
	uint64_t raw;

	if (!take_raw(c, &raw, sizeof raw))
		return false;
	*out = be64toh(raw);
	return true;
}

bool cursor_literal(struct cursor *c, const char *text)
{
	if (!cursor_starts(c, text))
		return false;
	c->at += strlen(text);
	return true;
}

bool cursor_until(struct cursor *c, uint8_t stop, struct cursor *out)
{
	const uint8_t *found = cursor_at_end(c) ? NULL : memchr(c->at, stop, cursor_left(c));

	if (!found)
		return false;
	*out = (struct cursor){c->at, found};
	c->at = found + 1;
	return true;
}

struct cursor cursor_rest(struct cursor *c)
{
	struct cursor rest = *c;

	c->at = c->end;
	return rest;
}

bool cursor_decimal(struct cursor *c, uint64_t max, uint64_t *out)
{
	const uint8_t *p = c->at;
	uint64_t value = 0;

	while (p < c->end && *p >= '0' && *p <= '9') {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
		p++;
	}
	if (p == c->at || value > max)
		return false;
	c->at = p;
	*out = value;
	return true;
}

void cursor_chomp(struct cursor *c)
{
	if (!cursor_at_end(c) && c->end[-1] == '\n')
		c->end--;
}

bool cursor_starts(const struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	return cursor_left(c) >= len && memcmp(c->at, text, len) == 0;
}

bool cursor_is(const struct cursor *c, const char *text)
{
	return cursor_left(c) == strlen(text) && cursor_starts(c, text);
}

bool cursor_copy_text(const struct cursor *c, char *out, size_t size)
{
	size_t len = cursor_left(c);

	if (len >= size || (len && memchr(c->at, '\0', len)))
		return false;
	if (len)
		memcpy(out, c->at, len);
	out[len] = '\0';
	return true;
}
