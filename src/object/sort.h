/* SPDX-License-Identifier: ISC */
/*
 * object/sort.h: sorting millions of small keys. qsort(3) asks the system how much memory it has,
 * which a stage behind a filter may not; this needs the caller's memory and nothing else, and takes
 * the same time whoever chose the keys.
 */
#ifndef OBJECT_SORT_H
#define OBJECT_SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_key {
	uint64_t key;
	uint32_t value;
};

/* Sorts KEYS by key, stably; SPARE is room for as many. */
void sort_keys(struct sort_key *keys, struct sort_key *spare, size_t count);

#endif
