/* SPDX-License-Identifier: ISC */
/*
 * base/buffer.h: bytes of ours that grow, up to a limit.
 *
 * Appending never fails loudly: a buffer that could not grow (out of memory, or its limit) is
 * marked and stays as it was, and buffer_check() says so. Whoever consumes a buffer asks first;
 * the writers in io/ do it themselves.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/fault.h"

struct buffer {
	uint8_t *bytes;
	size_t len;
	size_t cap;
	size_t limit; /* 0: BUFFER_LIMIT_DEFAULT */
	const struct fault *failed;
};

/* What a buffer may hold when nobody said otherwise: enough for any advertisement we send at once.
 */
#define BUFFER_LIMIT_DEFAULT ((size_t)64 << 20)

#define BUFFER_INIT ((struct buffer){0})

void buffer_append(struct buffer *b, const void *bytes, size_t len);
void buffer_text(struct buffer *b, const char *text);
void buffer_byte(struct buffer *b, uint8_t byte);
void buffer_format(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_be32(struct buffer *b, uint32_t value);
void buffer_be64(struct buffer *b, uint64_t value);

/* Appends LEN bytes with everything but printable ASCII as \xNN, and '"' and '\' with a '\'. */
void buffer_escaped(struct buffer *b, const void *bytes, size_t len);

/* Makes room for LEN more bytes and returns where they go (then add to ->len); NULL if refused. */
uint8_t *buffer_reserve(struct buffer *b, size_t len);

/* Drops the first LEN bytes. */
void buffer_consume(struct buffer *b, size_t len);

/* NULL, or why something could not be appended. */
const struct fault *buffer_check(const struct buffer *b) MUST_USE;

/* Empties it and keeps the memory; clears the mark. */
void buffer_reset(struct buffer *b);
void buffer_free(struct buffer *b);

/* The content as a C string (a NUL is kept after len); "" on failure. Valid until the next append.
 */
const char *buffer_cstr(struct buffer *b);

#endif
