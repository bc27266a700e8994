/* SPDX-License-Identifier: ISC */
/* repo/ref_list.c: sorted refs. Any stage; touches memory only. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "repo/ref_list.h"
#include "repo/sort.h"

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
static bool ref_less(const void *left, const void *right)
{
	const struct ref *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order < 0 : a->name < b->name;
}

_Static_assert(sizeof(struct ref) <= SORT_ELEMENT_MAX, "refs are sorted in place");

void ref_list_sort(struct ref_list *list)
{
	size_t i = 1, kept;

	while (i < list->count && strcmp(list->list[i - 1].name, list->list[i].name) < 0)
		i++;
	if (i >= list->count)
		return;
	sort(list->list, list->count, sizeof *list->list, ref_less);
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
