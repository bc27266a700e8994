/* SPDX-License-Identifier: ISC */
/* base/mem.h: allocation with checked sizes. All return NULL when there is no memory. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "base/fault.h"

/* Zeroed room for COUNT elements of SIZE bytes; NULL on overflow too. */
void *mem_array(size_t count, size_t size) MUST_USE;

/*
 * Grows *ARRAY (COUNT elements in use, *CAP allocated, SIZE bytes each) so that one more fits,
 * doubling. On failure nothing changed and the old array is still the caller's.
 */
bool mem_grow(void *array_pointer, size_t count, size_t *cap, size_t size) MUST_USE;

/* A NUL-terminated copy of LEN bytes. */
char *mem_text(const void *bytes, size_t len) MUST_USE;

static inline bool add_overflows(size_t a, size_t b, size_t *sum)
{
	return __builtin_add_overflow(a, b, sum);
}

static inline bool mul_overflows(size_t a, size_t b, size_t *product)
{
	return __builtin_mul_overflow(a, b, product);
}

#endif
