/* SPDX-License-Identifier: ISC */
/* base/buffer.c: growing bytes of ours. Any stage. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buffer.h"
#include "base/mem.h"

uint8_t *buffer_reserve(struct buffer *b, size_t len)
{
	size_t limit = b->limit ? b->limit : BUFFER_LIMIT_DEFAULT;
	size_t need, cap = b->cap ? b->cap : 256;
	uint8_t *grown;

	if (b->failed)
		return NULL;
	/* one more for the NUL of buffer_cstr() */
	if (add_overflows(b->len, len, &need) || need > limit) {
		b->failed = &fault_too_big;
		return NULL;
	}
	need++;
	if (need <= b->cap)
		return b->bytes + b->len;
	while (cap < need)
		cap *= 2;
	grown = realloc(b->bytes, cap);
	if (!grown) {
		b->failed = &fault_memory;
		return NULL;
	}
	b->bytes = grown;
	b->cap = cap;
	return b->bytes + b->len;
}

void buffer_append(struct buffer *b, const void *bytes, size_t len)
{
	uint8_t *room = buffer_reserve(b, len);

	if (!room)
		return;
	if (len)
		memcpy(room, bytes, len);
	b->len += len;
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_byte(struct buffer *b, uint8_t byte)
{
	buffer_append(b, &byte, 1);
}

void buffer_format(struct buffer *b, const char *format, ...)
{
	va_list args, again;
	uint8_t *room;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	room = len < 0 ? NULL : buffer_reserve(b, (size_t)len);
	if (room) {
		vsnprintf((char *)room, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

void buffer_be32(struct buffer *b, uint32_t value)
{
	uint8_t bytes[4];

	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
	buffer_append(b, bytes, sizeof bytes);
}

void buffer_be64(struct buffer *b, uint64_t value)
{
	buffer_be32(b, (uint32_t)(value >> 32));
	buffer_be32(b, (uint32_t)value);
}

void buffer_escaped(struct buffer *b, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '"' || p[i] == '\\')
			buffer_byte(b, '\\');
		if (p[i] >= 0x20 && p[i] < 0x7f)
			buffer_byte(b, p[i]);
		else
			buffer_format(b, "\\x%02x", p[i]);
	}
}

void buffer_consume(struct buffer *b, size_t len)
{
	if (len > b->len)
		len = b->len;
	if (len && b->len - len)
		memmove(b->bytes, b->bytes + len, b->len - len);
	b->len -= len;
}

const struct fault *buffer_check(const struct buffer *b)
{
	return b->failed;
}

void buffer_reset(struct buffer *b)
{
	b->len = 0;
	b->failed = NULL;
}

void buffer_free(struct buffer *b)
{
	free(b->bytes);
	*b = (struct buffer){.limit = b->limit};
}

const char *buffer_cstr(struct buffer *b)
{
	uint8_t *end = buffer_reserve(b, 0);

	if (!end)
		return "";
	*end = '\0';
	return (const char *)b->bytes;
}
