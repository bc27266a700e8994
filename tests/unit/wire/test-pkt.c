/* SPDX-License-Identifier: ISC */
/* pkt */
#include "tests/unit/test.h"
#include "wire/pkt.h"

static const struct fault *header(const char *digits, enum pkt_kind *kind, size_t *len)
{
	return pkt_header((const uint8_t *)digits, kind, len);
}

static void four_digits_say_kind_and_length(void **state)
{
	static const struct {
		const char *digits;
		enum pkt_kind kind;
		size_t len;
	} good[] = {
		{"0000", PKT_FLUSH, 0},
		{"0001", PKT_DELIM, 0},
		{"0002", PKT_RESPONSE_END, 0},
		{"0004", PKT_DATA, 0},
		{"0005", PKT_DATA, 1},
		{"00aF", PKT_DATA, 0xab},
		{"fff0", PKT_DATA, PKT_DATA_MAX},
		{"FFF0", PKT_DATA, PKT_DATA_MAX},
	};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		enum pkt_kind kind;
		size_t len;
		assert_ok(header(good[i].digits, &kind, &len));
		assert_int_equal(kind, good[i].kind);
		assert_int_equal(len, good[i].len);
	}
}

static void other_lengths_are_refused_and_quoted(void **state)
{
	static const char *const bad[] = {
		"0003", "fff1", "ffff", "00g0", " 004", "0x04", "-001", "+004", "004 ", "GET "};
	enum pkt_kind kind;
	size_t len;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_fault(header(bad[i], &kind, &len), &fault_pkt_length);
		assert_string_equal(fault_detail(&fault_pkt_length), bad[i]);
	}
	assert_fault(header("00\0\0", &kind, &len), &fault_pkt_length);
}

static void lines_are_written_with_their_length(void **state)
{
	struct buffer b = BUFFER_INIT;
	(void)state;

	pkt_append(&b, "hello\n", 6);
	pkt_format(&b, "%s %d", "version", 2);
	pkt_append(&b, "", 0);
	pkt_delim(&b);
	pkt_flush(&b);
	assert_ok(buffer_check(&b));
	assert_string_equal(buffer_cstr(&b), "000ahello\n000dversion 2000400010000");
	buffer_free(&b);
}

static void a_line_over_the_limit_marks_the_buffer(void **state)
{
	static char text[PKT_DATA_MAX + 2];
	struct buffer b = BUFFER_INIT;
	(void)state;

	memset(text, 'x', PKT_DATA_MAX);
	pkt_format(&b, "%s", text);
	pkt_append(&b, text, PKT_DATA_MAX);
	assert_ok(buffer_check(&b));
	assert_int_equal(b.len, 2 * PKT_MAX);
	assert_memory_equal(b.bytes, "fff0x", 5);
	assert_memory_equal(b.bytes + PKT_MAX, "fff0x", 5);
	pkt_append(&b, text, PKT_DATA_MAX + 1);
	assert_fault(buffer_check(&b), &fault_internal);
	assert_int_equal(b.len, 2 * PKT_MAX);
	buffer_reset(&b);
	text[PKT_DATA_MAX] = 'x';
	pkt_format(&b, "%s", text);
	assert_fault(buffer_check(&b), &fault_internal);
	buffer_free(&b);
}

static void a_full_buffer_takes_no_half_line(void **state)
{
	struct buffer b = {.limit = 9};
	(void)state;

	pkt_append(&b, "hello", 5);
	assert_ok(buffer_check(&b));
	pkt_flush(&b);
	assert_fault(buffer_check(&b), &fault_too_big);
	buffer_free(&b);
	pkt_append(&b, "hello!", 6);
	assert_fault(buffer_check(&b), &fault_too_big);
	assert_int_equal(b.len, 0);
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_digits_say_kind_and_length),
		cmocka_unit_test(other_lengths_are_refused_and_quoted),
		cmocka_unit_test(lines_are_written_with_their_length),
		cmocka_unit_test(a_line_over_the_limit_marks_the_buffer),
		cmocka_unit_test(a_full_buffer_takes_no_half_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
