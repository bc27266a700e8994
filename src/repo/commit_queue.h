/* SPDX-License-Identifier: ISC */
/* repo/commit_queue.h: commit numbers, the one with the latest date first; ties in order of
 * arrival. */
#ifndef REPO_COMMIT_QUEUE_H
#define REPO_COMMIT_QUEUE_H

#include <stdint.h>
#include "base/fault.h"

struct commit_queue {
	struct commit_queue_entry {
		int64_t date;
		uint32_t arrival;
		uint32_t number;
	} * heap;
	size_t count, cap;
	uint32_t arrivals;
};

const struct fault *commit_queue_push(
	struct commit_queue *queue, uint32_t number, int64_t date) MUST_USE;
/* Only of a queue that is not empty. */
uint32_t commit_queue_pop(struct commit_queue *queue);
int64_t commit_queue_top_date(const struct commit_queue *queue);
void commit_queue_free(struct commit_queue *queue);

#endif
