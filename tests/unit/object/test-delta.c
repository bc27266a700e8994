/* SPDX-License-Identifier: ISC */
/* deltas: every instruction, every limit */
#include "tests/unit/test.h"
#include <stdlib.h>
#include "object/delta.h"

static uint8_t out[0x20000];

static const struct fault *apply(struct cursor base, struct cursor instructions, size_t len)
{
	return delta_apply(base, instructions, out, len);
}

static void sizes_are_little_endian_base_128(void **state)
{
	struct cursor c = CURSOR("\x05\x80\x01rest");
	uint64_t base, result;
	(void)state;

	assert_ok(delta_sizes(&c, &base, &result));
	assert_true(base == 5 && result == 128);
	assert_true(cursor_is(&c, "rest"));
}

static void sizes_of_64_bits_are_read_and_of_65_refused(void **state)
{
	struct cursor most = CURSOR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00");
	struct cursor over = CURSOR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x00");
	struct cursor long_ = CURSOR("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x00");
	struct cursor cut = CURSOR("\x05\x80");
	uint64_t base, result;
	(void)state;

	assert_ok(delta_sizes(&most, &base, &result));
	assert_true(base == UINT64_MAX && result == 0);
	assert_fault(delta_sizes(&over, &base, &result), &fault_delta);
	assert_fault(delta_sizes(&long_, &base, &result), &fault_delta);
	assert_fault(delta_sizes(&cut, &base, &result), &fault_delta);
	assert_int_equal(cursor_left(&cut), 2);
}

static void copies_and_inserts_make_the_result(void **state)
{
	(void)state;

	/* copy 3 from 1, insert "xy", copy 1 from 0 */
	assert_ok(apply(CURSOR("abcdef"), CURSOR("\x91\x01\x03\x02xy\x90\x01"), 6));
	assert_memory_equal(out, "bcdxya", 6);
}

static void a_copy_of_size_zero_is_65536(void **state)
{
	uint8_t *base = calloc(1, 0x10001);
	(void)state;

	base[0x10000] = 7;
	assert_ok(apply(cursor_over(base, 0x10001), CURSOR("\x81\x01"), 0x10000));
	assert_int_equal(out[0xffff], 7);
	assert_fault(apply(cursor_over(base, 0x10000), CURSOR("\x81\x01"), 0x10000), &fault_delta);
	assert_fault(apply(cursor_over(base, 0x10001), CURSOR("\x81\x01"), 0xffff), &fault_delta);
	assert_fault(apply(cursor_over(base, 0x10001), CURSOR("\x81\x01"), 0x10001), &fault_delta);
	free(base);
}

static void every_offset_and_size_byte_counts(void **state)
{
	const size_t size = 0x01020304 + 0x030201;
	uint8_t *base = calloc(1, size), *result = malloc(0x030201);
	(void)state;

	base[0x01020304] = 1;
	base[size - 1] = 2;
	assert_ok(delta_apply(cursor_over(base, size), CURSOR("\xff\x04\x03\x02\x01\x01\x02\x03"),
		result, 0x030201));
	assert_true(result[0] == 1 && result[0x030200] == 2);
	assert_fault(delta_apply(cursor_over(base, size - 1),
			     CURSOR("\xff\x04\x03\x02\x01\x01\x02\x03"), result, 0x030201),
		&fault_delta);
	free(base);
	free(result);
}

static void bad_instructions_are_refused(void **state)
{
	struct cursor bad[] = {
		CURSOR("\x00"), /* reserved */
		CURSOR("\x05"
		       "abcd"),         /* fewer literals than it says */
		CURSOR("\x91\x01"),     /* half a copy */
		CURSOR("\x91\x03\x04"), /* one byte past the base */
		CURSOR("\x90\x07"),     /* more than there is */
		CURSOR("\x9f\xff\xff\xff\xff\x01"),
	};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_fault(apply(CURSOR("abcdef"), bad[i], 6), &fault_delta);
}

static void the_result_has_exactly_its_size(void **state)
{
	(void)state;

	assert_ok(apply(CURSOR("abc"), CURSOR("\x90\x03"), 3));
	assert_fault(apply(CURSOR("abc"), CURSOR("\x90\x03"), 4), &fault_delta);
	assert_fault(apply(CURSOR("abc"), CURSOR("\x90\x03"), 2), &fault_delta);
	assert_ok(apply(CURSOR(""), CURSOR(""), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_little_endian_base_128),
		cmocka_unit_test(sizes_of_64_bits_are_read_and_of_65_refused),
		cmocka_unit_test(copies_and_inserts_make_the_result),
		cmocka_unit_test(a_copy_of_size_zero_is_65536),
		cmocka_unit_test(every_offset_and_size_byte_counts),
		cmocka_unit_test(bad_instructions_are_refused),
		cmocka_unit_test(the_result_has_exactly_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
