/* SPDX-License-Identifier: ISC */
/* base/cursor.c: bounded reading of foreign bytes. Any stage; touches memory only. */
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

/* Reads SIZE <= 8 bytes, most significant first. */
static bool take_be(struct cursor *c, size_t size, uint64_t *out)
{
	struct cursor bytes;
	uint64_t value = 0;

	if (!cursor_take(c, size, &bytes))
		return false;
	while (bytes.at < bytes.end)
		value = value << 8 | *bytes.at++;
	*out = value;
	return true;
}

bool cursor_u8(struct cursor *c, uint8_t *out)
{
	uint64_t value;

	if (!take_be(c, 1, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

bool cursor_be16(struct cursor *c, uint16_t *out)
{
	uint64_t value;

	if (!take_be(c, 2, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

bool cursor_be32(struct cursor *c, uint32_t *out)
{
	uint64_t value;

	if (!take_be(c, 4, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

bool cursor_be64(struct cursor *c, uint64_t *out)
{
	return take_be(c, 8, out);
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
