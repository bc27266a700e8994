/* SPDX-License-Identifier: ISC */
/* repo/sort.c: heap sort. Any stage; touches memory only. */
#include <stdint.h>
#include <string.h>
#include "repo/sort.h"

struct heap {
	uint8_t *elements; /* the greatest one first */
	size_t count, size;
	sort_less *less;
};

static void *element(const struct heap *heap, size_t i)
{
	return heap->elements + i * heap->size;
}

/* Lets ONE sink from the hole at ROOT to where it belongs. */
static void sift_down(const struct heap *heap, size_t root, const void *one)
{
	size_t child;

	while ((child = 2 * root + 1) < heap->count) {
		if (child + 1 < heap->count &&
			heap->less(element(heap, child), element(heap, child + 1)))
			child++;
		if (!heap->less(one, element(heap, child)))
			break;
		memcpy(element(heap, root), element(heap, child), heap->size);
		root = child;
	}
	memcpy(element(heap, root), one, heap->size);
}

void sort(void *elements, size_t count, size_t size, sort_less *less)
{
	struct heap heap = {.elements = elements, .count = count, .size = size, .less = less};
	_Alignas(max_align_t) uint8_t one[SORT_ELEMENT_MAX];

	for (size_t i = count / 2; i-- > 0;) {
		memcpy(one, element(&heap, i), size);
		sift_down(&heap, i, one);
	}
	while (heap.count > 1) {
		heap.count--;
		memcpy(one, element(&heap, heap.count), size);
		memcpy(element(&heap, heap.count), element(&heap, 0), size);
		sift_down(&heap, 0, one);
	}
}
