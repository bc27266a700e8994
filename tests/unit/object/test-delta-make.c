/* SPDX-License-Identifier: ISC */
/* object/delta_make.c: what it makes, object/delta.c applies, and git's own reader would. */
#include <stdlib.h>
#include "tests/unit/test.h"
#include "object/delta.h"
#include "object/delta_make.h"

static uint32_t noise = 1;

static uint32_t next(uint32_t below)
{
	noise = noise * 1664525 + 1013904223;
	return (noise >> 8) % below;
}

static void fill(uint8_t *bytes, size_t len, uint32_t alphabet)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)next(alphabet);
}

/* The delta gives back TARGET exactly; returns its length. */
static size_t assert_round_trip(struct cursor base, struct cursor target)
{
	struct buffer delta = BUFFER_INIT;
	uint8_t *result = malloc(cursor_left(&target) + 1);
	uint64_t base_size, result_size;
	struct cursor instructions;
	size_t len;
	bool made;

	assert_ok(delta_make(base, target, SIZE_MAX, &delta, &made));
	assert_true(made);
	instructions = cursor_over(delta.bytes, delta.len);
	assert_ok(delta_sizes(&instructions, &base_size, &result_size));
	assert_int_equal(base_size, cursor_left(&base));
	assert_int_equal(result_size, cursor_left(&target));
	assert_ok(delta_apply(base, instructions, result, cursor_left(&target)));
	assert_memory_equal(result, target.at, cursor_left(&target));
	len = delta.len;
	buffer_free(&delta);
	free(result);
	return len;
}

static void what_is_the_same_is_copied(void **state)
{
	static uint8_t base[200000];
	(void)state;

	fill(base, sizeof base, 256);
	assert_true(assert_round_trip(
			    cursor_over(base, sizeof base), cursor_over(base, sizeof base)) < 64);
	assert_true(assert_round_trip(cursor_over(base, sizeof base),
			    cursor_over(base + 77777, 100000)) < 64);
}

static void any_edit_comes_back(void **state)
{
	static uint8_t base[5000], target[12000];
	(void)state;

	for (int round = 0; round < 2000; round++) {
		uint32_t alphabet = round % 3 == 0 ? 2 : round % 3 == 1 ? 8 : 256;
		size_t base_len = 16 + next(sizeof base - 16), len = 0;

		fill(base, base_len, alphabet);
		while (len < 6000 && next(20)) {
			size_t piece = next(500);

			if (next(3)) {
				size_t from = next((uint32_t)base_len);
				piece = piece < base_len - from ? piece : base_len - from;
				memcpy(target + len, base + from, piece);
			} else {
				fill(target + len, piece, alphabet);
			}
			len += piece;
		}
		assert_round_trip(cursor_over(base, base_len), cursor_over(target, len));
	}
}

static void a_delta_over_its_maximum_is_not_made(void **state)
{
	static uint8_t base[1000], target[1000];
	struct buffer out = BUFFER_INIT;
	size_t needed;
	bool made;
	(void)state;

	fill(base, sizeof base, 256);
	memcpy(target, base, sizeof target);
	target[500] ^= 1;
	needed = assert_round_trip(
		cursor_over(base, sizeof base), cursor_over(target, sizeof target));
	assert_ok(delta_make(cursor_over(base, sizeof base), cursor_over(target, sizeof target),
		needed, &out, &made));
	assert_true(made);
	buffer_reset(&out);
	assert_ok(delta_make(cursor_over(base, sizeof base), cursor_over(target, sizeof target),
		needed - 1, &out, &made));
	assert_false(made);
	buffer_free(&out);
}

static void what_is_too_small_or_too_large_is_left_alone(void **state)
{
	uint8_t *large = calloc(DELTA_MAKE_MAX + 1, 1);
	struct buffer out = BUFFER_INIT;
	bool made;
	(void)state;

	assert_ok(delta_make(CURSOR("fifteen bytes.."), CURSOR("x"), 100, &out, &made));
	assert_false(made);
	buffer_reset(&out);
	assert_ok(delta_make(cursor_over(large, DELTA_MAKE_MAX), CURSOR("x"), 100, &out, &made));
	assert_true(made);
	buffer_reset(&out);
	assert_ok(
		delta_make(cursor_over(large, DELTA_MAKE_MAX + 1), CURSOR("x"), 100, &out, &made));
	assert_false(made);
	buffer_free(&out);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_same_is_copied),
		cmocka_unit_test(any_edit_comes_back),
		cmocka_unit_test(a_delta_over_its_maximum_is_not_made),
		cmocka_unit_test(what_is_too_small_or_too_large_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
