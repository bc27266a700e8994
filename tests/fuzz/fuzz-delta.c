/* SPDX-License-Identifier: ISC */
/* A delta, whose sizes are the first thing in it, over a base of the size that it asks for. */
#include <string.h>
#include "object/delta.h"
#include "tests/fuzz/fuzz.h"

#define MOST 65536

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor delta = cursor_over(bytes, len);
	uint64_t base_size, result_size;
	uint8_t *base, *result;

	if (delta_sizes(&delta, &base_size, &result_size) || base_size > MOST || result_size > MOST)
		return 0;
	base = calloc(1, base_size + 1);
	result = malloc(result_size + 1);
	must(base && result);
	if (!delta_apply(cursor_over(base, base_size), delta, result, result_size))
		must(result_size == 0 || memchr(result, result[result_size - 1], result_size));
	free(base);
	free(result);
	return 0;
}
