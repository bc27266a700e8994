/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_list.c: sorted refs. Any stage after request; touches memory only.
 *
 * The sort is our own because qsort(3) asks the kernel how much memory the machine has, which no
 * stage's filter allows.
 */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "repo/ref_list.h"

const struct fault *ref_list_add(struct ref_list *list, const struct ref *ref)
{
	if (list->count >= REFS_MAX)
		return fault_note(&fault_refs, "more than %u refs", REFS_MAX);
	if (!mem_grow(&list->list, list->count, &list->cap, sizeof *list->list))
		return &fault_memory;
	list->list[list->count++] = *ref;
	return NULL;
}

/* By name; of two with one name, the one that stood first in the same buffer. */
static bool ref_less(const struct ref *a, const struct ref *b)
{
	int order = strcmp(a->name, b->name);

	return order ? order < 0 : a->name < b->name;
}

/* Lets REF sink from the hole at ROOT of a heap with the greatest on top. */
static void sift_down(struct ref *heap, size_t root, size_t count, const struct ref *ref)
{
	size_t child;

	while ((child = 2 * root + 1) < count) {
		if (child + 1 < count && ref_less(&heap[child], &heap[child + 1]))
			child++;
		if (!ref_less(ref, &heap[child]))
			break;
		heap[root] = heap[child];
		root = child;
	}
	heap[root] = *ref;
}

static void heap_sort(struct ref *list, size_t count)
{
	struct ref ref;

	for (size_t i = count / 2; i-- > 0;) {
		ref = list[i];
		sift_down(list, i, count, &ref);
	}
	for (size_t end = count; end-- > 1;) {
		ref = list[end];
		list[end] = list[0];
		sift_down(list, 0, end, &ref);
	}
}

void ref_list_sort(struct ref_list *list)
{
	size_t i = 1, kept;

	while (i < list->count && strcmp(list->list[i - 1].name, list->list[i].name) < 0)
		i++;
	if (i >= list->count)
		return;
	heap_sort(list->list, list->count);
	kept = 1;
	for (i = 1; i < list->count; i++)
		if (strcmp(list->list[kept - 1].name, list->list[i].name) != 0)
			list->list[kept++] = list->list[i];
	list->count = kept;
}

size_t ref_position(const struct ref *list, size_t count, const char *name)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct ref *ref_search(struct ref *list, size_t count, const char *name)
{
	size_t at = ref_position(list, count, name);

	return at < count && strcmp(list[at].name, name) == 0 ? &list[at] : NULL;
}

void ref_list_free(struct ref_list *list)
{
	free(list->list);
	buffer_free(&list->names);
	*list = REF_LIST_INIT;
}
