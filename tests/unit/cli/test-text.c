/* SPDX-License-Identifier: ISC */
/* table, when, cli_text, findings: what people read */
#include <stdlib.h>
#include <time.h>
#include "tests/unit/test.h"
#include "cli/cli.h"
#include "cli/findings.h"
#include "cli/table.h"
#include "cli/when.h"

static void no_byte_acts_upon_a_terminal(void **state)
{
	struct buffer out = BUFFER_INIT;
	(void)state;

	cli_text(&out, "a\033[2J\n\"b\"\\\303\251\177");
	assert_string_equal(buffer_cstr(&out), "a\\x1b[2J\\x0a\"b\"\\\\xc3\\xa9\\x7f");
	buffer_free(&out);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	static const char *const headings[] = {"A", "LONG", "LAST", NULL};
	struct table table = {.headings = headings};
	struct buffer out = BUFFER_INIT;
	(void)state;

	table_cell(&table, "wide");
	table_format(&table, "%d", 7);
	table_cell(&table, "x\n");
	table_cell(&table, "");
	table_cell(&table, NULL);
	table_cell(&table, "last");
	table_print(&table, false, &out);
	assert_string_equal(buffer_cstr(&out), "A     LONG  LAST\n"
					       "wide  7     x\\x0a\n"
					       "-     -     last\n");
	buffer_reset(&out);
	table_print(&table, true, &out);
	assert_memory_equal(out.bytes, "\033[1mA ", 6);
	table_free(&table);
	buffer_free(&out);
}

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"1970-01-02", 86400},
		{"2026-11-21 23:34", 1795304040},
		{"2026-11-21 23:34:23", 1795304063},
		{"2026-11-21T23:34:23", 1795304063},
		{"2024-02-29", 1709164800},
		{"-30s", 999970},
		{"-2h", 1000000 - 7200},
		{"-30m", 1000000 - 1800},
		{"-7d", 1000000 - 604800},
		{"-1w", 1000000 - 604800},
	};
	int64_t seconds;
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_ok(when_parse(good[i].text, 1000000, &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {"", "yesterday", "2h", "-h", "-2", "-2hh", "-2x",
		"-1000000001s", "2026", "2026-13-01", "2026-00-01", "2025-02-29", "2026-11-31",
		"2026-1-1", "2026-11-21 24:00", "2026-11-21 23", "2026-11-21 23:34:60",
		"2026-11-21 23:34:23 ", "2026-11-21x", "+026-11-21", "2026-11-2 1"};
	int64_t seconds = 42;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (when_parse(bad[i], 0, &seconds) != &fault_when)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(seconds, 42);
}

static void times_are_shown(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} ages[] = {{0, "0s"}, {59, "59s"}, {60, "1m 0s"}, {3599, "59m 59s"}, {7380, "2h 3m"},
		{86400 * 3, "3d 0h"}, {86400 * 15, "2w 1d"}};
	struct buffer out = BUFFER_INIT;
	(void)state;

	when_format(1795304063, &out);
	assert_string_equal(buffer_cstr(&out), "2026-11-21 23:34:23");
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		buffer_reset(&out);
		when_format_age(ages[i].seconds, &out);
		assert_string_equal(buffer_cstr(&out), ages[i].text);
	}
	buffer_free(&out);
}

static void findings_say_where_what_and_how(void **state)
{
	struct findings findings = {.count = 0};
	struct buffer out = BUFFER_INIT;
	struct json json = {.out = &out};
	(void)state;

	findings_add(&findings, "/p", 3, "is \"bad\"", "mend\033it");
	findings_add(&findings, NULL, 0, "everything", "");
	findings_print(&findings, &out);
	assert_string_equal(buffer_cstr(&out), "/p:3: is \"bad\"\n  mend\\x1bit\neverything\n");
	buffer_reset(&out);
	findings_write(&findings, &json);
	assert_string_equal(buffer_cstr(&out),
		"\"problems\":[{\"file\":\"/p\",\"line\":3,\"problem\":\"is \\\"bad\\\"\","
		"\"remedy\":\"mend\\u001bit\"},{\"file\":null,\"line\":null,"
		"\"problem\":\"everything\",\"remedy\":null}]");
	findings_free(&findings);
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_acts_upon_a_terminal),
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(times_are_shown),
		cmocka_unit_test(findings_say_where_what_and_how),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
