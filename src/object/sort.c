/* SPDX-License-Identifier: ISC */
/* object/sort.c: radix sort, a byte at a time from the lowest. Any stage; touches memory only. */
#include <string.h>
#include "object/sort.h"

/* How many keys have each value of the byte at SHIFT, turned into where the first of them goes. */
static void count_starts(
	const struct sort_key *keys, size_t count, unsigned shift, size_t starts[256])
{
	size_t at = 0;

	memset(starts, 0, 256 * sizeof *starts);
	for (size_t i = 0; i < count; i++)
		starts[keys[i].key >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t n = starts[i];
		starts[i] = at;
		at += n;
	}
}

/* The bits in which any two keys differ. */
static uint64_t differing_bits(const struct sort_key *keys, size_t count)
{
	uint64_t differ = 0;

	for (size_t i = 1; i < count; i++)
		differ |= keys[i].key ^ keys[0].key;
	return differ;
}

void sort_keys(struct sort_key *keys, struct sort_key *spare, size_t count)
{
	uint64_t differ = differing_bits(keys, count);
	struct sort_key *from = keys, *to = spare, *swap;
	size_t starts[256];

	for (unsigned shift = 0; shift < 64; shift += 8) {
		if (!(differ >> shift & 0xff))
			continue;
		count_starts(from, count, shift, starts);
		for (size_t i = 0; i < count; i++)
			to[starts[from[i].key >> shift & 0xff]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof *keys);
}
