/* SPDX-License-Identifier: ISC */
/* base/mem.c: allocation with checked sizes. Any stage. */
#include <string.h>
#include "base/mem.h"

void *mem_array(size_t count, size_t size)
{
	return calloc(count ? count : 1, size);
}

bool mem_grow(void *array_pointer, size_t count, size_t *cap, size_t size)
{
	size_t wanted, bytes;
	void *old, *grown;

	if (count < *cap)
		return true;
	if (mul_overflows(*cap ? *cap : 8, 2, &wanted) || mul_overflows(wanted, size, &bytes))
		return false;
	memcpy(&old, array_pointer, sizeof old);
	grown = realloc(old, bytes);
	if (!grown)
		return false;
	memcpy(array_pointer, &grown, sizeof grown);
	*cap = wanted;
	return true;
}

char *mem_text(const void *bytes, size_t len)
{
	size_t size;
	char *copy;

	if (add_overflows(len, 1, &size))
		return NULL;
	copy = malloc(size);
	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}
