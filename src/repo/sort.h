/* SPDX-License-Identifier: ISC */
/*
 * repo/sort.h: sorting in place. qsort(3) asks sysinfo(2) how much memory the machine has and may
 * allocate; no stage's filter needs to know of that.
 */
#ifndef REPO_SORT_H
#define REPO_SORT_H

#include <stdbool.h>
#include <stddef.h>

#define SORT_ELEMENT_MAX 128 /* bytes */

typedef bool sort_less(const void *a, const void *b);

/* Sorts COUNT elements of SIZE bytes, in n log n steps whatever their order was. Not stable. */
void sort(void *elements, size_t count, size_t size, sort_less *less);

#endif
