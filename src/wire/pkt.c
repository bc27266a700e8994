/* SPDX-License-Identifier: ISC */
/* wire/pkt.c: pkt-lines, as bytes in memory. Any stage; the four digits may be a stranger's. */
#include <stdarg.h>
#include <stdio.h>
#include "wire/pkt.h"

const struct fault fault_pkt_length = {BLAME_PEER, "protocol error: bad line length"};

#define DIGITS 4

/* 0 to 15, or -1. */
static int hex_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

const struct fault *pkt_header(const uint8_t digits[4], enum pkt_kind *kind, size_t *len)
{
	static const enum pkt_kind special[] = {PKT_FLUSH, PKT_DELIM, PKT_RESPONSE_END};
	size_t total = 0;

	for (int i = 0; i < DIGITS; i++) {
		int value = hex_value(digits[i]);
		if (value < 0)
			return fault_note(&fault_pkt_length, "%.4s", (const char *)digits);
		total = total << 4 | (size_t)value;
	}
	if (total > PKT_MAX || total == 3)
		return fault_note(&fault_pkt_length, "%.4s", (const char *)digits);
	*kind = total < 3 ? special[total] : PKT_DATA;
	*len = total < DIGITS ? 0 : total - DIGITS;
	return NULL;
}

void pkt_digits(size_t len, uint8_t out[4])
{
	static const char digits[] = "0123456789abcdef";
	size_t total = len + DIGITS;

	for (int i = DIGITS - 1; i >= 0; i--, total >>= 4)
		out[i] = (uint8_t)digits[total & 15];
}

/* Appends the digits of a pkt-line and returns where its LEN bytes go; the caller writes them all.
 */
static uint8_t *pkt_reserve(struct buffer *b, size_t len)
{
	uint8_t *room;

	if (len > PKT_DATA_MAX && !b->failed)
		b->failed = &fault_internal;
	room = buffer_reserve(b, len + DIGITS);
	if (!room)
		return NULL;
	pkt_digits(len, room);
	b->len += len + DIGITS;
	return room + DIGITS;
}

void pkt_append(struct buffer *b, const void *bytes, size_t len)
{
	uint8_t *room = pkt_reserve(b, len);

	if (room && len)
		memcpy(room, bytes, len);
}

void pkt_format(struct buffer *b, const char *format, ...)
{
	va_list args, again;
	uint8_t *room;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	room = len < 0 ? NULL : pkt_reserve(b, (size_t)len);
	if (room) /* a buffer always has room for one NUL more */
		vsnprintf((char *)room, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
}

void pkt_flush(struct buffer *b)
{
	buffer_text(b, "0000");
}

void pkt_delim(struct buffer *b)
{
	buffer_text(b, "0001");
}
