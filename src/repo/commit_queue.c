/* SPDX-License-Identifier: ISC */
/* repo/commit_queue.c: a binary heap. Any stage; touches memory only. */
#include <stdbool.h>
#include <stdlib.h>
#include "base/mem.h"
#include "repo/commit_queue.h"

/* Does A come out before B? */
static bool before(const struct commit_queue_entry *a, const struct commit_queue_entry *b)
{
	return a->date != b->date ? a->date > b->date : a->arrival < b->arrival;
}

static void swap(struct commit_queue_entry *a, struct commit_queue_entry *b)
{
	struct commit_queue_entry kept = *a;

	*a = *b;
	*b = kept;
}

const struct fault *commit_queue_push(struct commit_queue *queue, uint32_t number, int64_t date)
{
	size_t at = queue->count;

	if (!mem_grow(&queue->heap, queue->count, &queue->cap, sizeof *queue->heap))
		return &fault_memory;
	queue->heap[queue->count++] = (struct commit_queue_entry){date, queue->arrivals++, number};
	for (; at && before(&queue->heap[at], &queue->heap[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&queue->heap[at], &queue->heap[(at - 1) / 2]);
	return NULL;
}

uint32_t commit_queue_pop(struct commit_queue *queue)
{
	uint32_t number = queue->heap[0].number;
	size_t at = 0;

	queue->heap[0] = queue->heap[--queue->count];
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= queue->count)
			return number;
		if (child + 1 < queue->count &&
			before(&queue->heap[child + 1], &queue->heap[child]))
			child++;
		if (!before(&queue->heap[child], &queue->heap[at]))
			return number;
		swap(&queue->heap[child], &queue->heap[at]);
		at = child;
	}
}

int64_t commit_queue_top_date(const struct commit_queue *queue)
{
	return queue->heap[0].date;
}

void commit_queue_free(struct commit_queue *queue)
{
	free(queue->heap);
	*queue = (struct commit_queue){0};
}
