/* SPDX-License-Identifier: ISC */
/* io/escape.h: how this room shows a byte that a terminal should not get. */
#ifndef IO_ESCAPE_H
#define IO_ESCAPE_H

#include <stdint.h>

#define ESCAPED_SIZE 4

/* Writes \xNN. */
static inline void escape_byte(uint8_t byte, uint8_t out[ESCAPED_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	out[2] = (uint8_t)digits[byte >> 4];
	out[3] = (uint8_t)digits[byte & 15];
}

#endif
