/* SPDX-License-Identifier: ISC */
/* base/cursor.c: bounded reading of foreign bytes. Any stage; touches memory only. */
#include "base/cursor.h"

bool cursor_literal(struct cursor *c, const char *text)
{
	if (!cursor_starts(c, text))
		return false;
	c->at += strlen(text);
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
