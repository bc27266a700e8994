/* SPDX-License-Identifier: ISC */
/* repo/commit_queue.c */
#include "tests/unit/test.h"
#include "repo/commit_queue.h"

static void the_latest_comes_out_first(void **state)
{
	struct commit_queue queue = {0};
	int64_t last = INT64_MAX;
	uint32_t noise = 12345;
	(void)state;

	for (uint32_t i = 0; i < 10000; i++) {
		noise = noise * 1664525 + 1013904223;
		assert_ok(commit_queue_push(&queue, i, (int64_t)(noise >> 20) - 2048));
	}
	while (queue.count) {
		int64_t date = commit_queue_top_date(&queue);

		assert_true(date <= last);
		last = date;
		commit_queue_pop(&queue);
	}
	commit_queue_free(&queue);
}

static void ties_come_out_in_order_of_arrival(void **state)
{
	struct commit_queue queue = {0};
	(void)state;

	for (uint32_t i = 0; i < 100; i++)
		assert_ok(commit_queue_push(&queue, i, 7));
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(commit_queue_pop(&queue), i);
	commit_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_comes_out_first),
		cmocka_unit_test(ties_come_out_in_order_of_arrival),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
