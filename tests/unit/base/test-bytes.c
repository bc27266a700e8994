/* SPDX-License-Identifier: ISC */
/* cursor, buffer, mem, fault, oidmap */
#include <time.h>
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "base/cursor.h"
#include "base/oidmap.h"

static void a_failed_read_changes_nothing(void **state)
{
	struct cursor c = CURSOR("abc"), out;
	uint32_t word;
	(void)state;

	assert_false(cursor_be32(&c, &word));
	assert_false(cursor_take(&c, 4, &out));
	assert_false(cursor_literal(&c, "abd"));
	assert_false(cursor_until(&c, 'x', &out));
	assert_int_equal(cursor_left(&c), 3);
	assert_true(cursor_until(&c, 'b', &out));
	assert_true(cursor_is(&out, "a"));
	assert_true(cursor_is(&c, "c"));
}

static void decimals_are_bounded(void **state)
{
	struct cursor c = CURSOR("18446744073709551615;"), big = CURSOR("18446744073709551616");
	struct cursor sign = CURSOR("-1"), over = CURSOR("11");
	uint64_t n = 0;
	(void)state;

	assert_true(cursor_decimal(&c, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX && cursor_is(&c, ";"));
	assert_false(cursor_decimal(&big, UINT64_MAX, &n));
	assert_false(cursor_decimal(&sign, UINT64_MAX, &n));
	assert_false(cursor_decimal(&over, 10, &n));
	assert_true(cursor_decimal(&over, 11, &n));
}

static void a_buffer_keeps_its_limit(void **state)
{
	struct buffer b = {.limit = 4};
	(void)state;

	buffer_text(&b, "four");
	assert_ok(buffer_check(&b));
	buffer_byte(&b, '!');
	assert_fault(buffer_check(&b), &fault_too_big);
	assert_int_equal(b.len, 4);
	buffer_reset(&b);
	buffer_escaped(&b, "\n", 1);
	assert_string_equal(buffer_cstr(&b), "\\x0a");
	buffer_free(&b);
}

static void details_belong_to_their_fault_and_are_escaped(void **state)
{
	const struct fault *f = fault_note(&fault_internal, "%s", "a\033[31mb");
	(void)state;

	assert_string_equal(fault_detail(f), "a\\x1b[31mb");
	assert_string_equal(fault_detail(&fault_memory), "");
}

static void numbers_follow_arrival(void **state)
{
	struct oidmap map = OIDMAP_INIT;
	uint32_t number;
	bool added;
	(void)state;

	for (uint32_t i = 0; i < 100000; i++) {
		struct oid oid = {{0}};
		memcpy(oid.id + 3, &i, sizeof i);
		assert_int_equal(oidmap_find(&map, &oid), OIDMAP_NONE);
		assert_ok(oidmap_add(&map, &oid, &number, &added));
		assert_true(added && number == i);
		assert_ok(oidmap_add(&map, &oid, &number, &added));
		assert_true(!added && number == i);
	}
	oidmap_free(&map);
}

/* Quadratic, this would take minutes. */
static void names_that_are_alike_in_part_do_not_meet(void **state)
{
	clock_t started = clock();
	(void)state;

	for (size_t differs = 0; differs + sizeof(uint32_t) <= OID_MAX_SIZE; differs += 4) {
		struct oidmap map = OIDMAP_INIT;
		struct oid oid;
		uint32_t number;

		memset(&oid, 0xa5, sizeof oid);
		for (uint32_t i = 0; i < 100000; i++) {
			memcpy(oid.id + differs, &i, sizeof i);
			assert_ok(oidmap_add(&map, &oid, &number, NULL));
			assert_int_equal(number, i);
		}
		oidmap_free(&map);
	}
	assert_true((clock() - started) / CLOCKS_PER_SEC < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_read_changes_nothing),
		cmocka_unit_test(decimals_are_bounded),
		cmocka_unit_test(a_buffer_keeps_its_limit),
		cmocka_unit_test(details_belong_to_their_fault_and_are_escaped),
		cmocka_unit_test(numbers_follow_arrival),
		cmocka_unit_test(names_that_are_alike_in_part_do_not_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
