/* SPDX-License-Identifier: ISC */
/* receive */
#include "tests/unit/test.h"
#include "wire/receive.h"

#define ZERO "0000000000000000000000000000000000000000"
#define ONE "1111111111111111111111111111111111111111"

static const struct fault *parse(struct cursor line, struct ref_command *out, struct cursor *caps)
{
	return ref_command_parse(line, &hash_sha1, out, caps);
}

static void commands_are_read(void **state)
{
	struct ref_command command;
	struct cursor caps;
	(void)state;

	assert_ok(parse(
		CURSOR(ZERO " " ONE " refs/heads/x\0 report-status agent=y\n"), &command, &caps));
	assert_true(oid_is_null(&command.old_oid) && !oid_is_null(&command.new_oid));
	assert_string_equal(command.name, "refs/heads/x");
	assert_true(cursor_is(&caps, " report-status agent=y"));
	assert_ok(parse(CURSOR(ONE " " ZERO " refs/heads/x\n"), &command, &caps));
	assert_true(!oid_is_null(&command.old_oid) && oid_is_null(&command.new_oid));
	assert_string_equal(command.name, "refs/heads/x");
	assert_true(cursor_at_end(&caps));
	assert_ok(parse(CURSOR(ONE " " ONE " not a ref"), &command, &caps));
	assert_string_equal(command.name, "not a ref");
	assert_ok(parse(CURSOR(ONE " " ONE " x\0a\0b"), &command, &caps));
	assert_int_equal(cursor_left(&caps), 3);
}

static void other_lines_are_quoted(void **state)
{
	static const char *const bad[] = {"", "x", ZERO, ZERO " ", ZERO " " ONE, ZERO " " ONE " ",
		ZERO " " ONE " \n", ZERO "  " ONE " r", ZERO " " ONE "r", ZERO ONE " r",
		"g" ZERO " " ONE " r", "0" ZERO " " ONE " r", "shallow " ONE, "push-cert",
		ZERO "\t" ONE " r"};
	struct ref_command command;
	struct cursor caps;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_fault(
			parse(cursor_over_text(bad[i]), &command, &caps), &fault_command_syntax);
	assert_fault(parse(CURSOR("x\33\0caps\n"), &command, &caps), &fault_command_syntax);
	assert_string_equal(fault_command_syntax.text, "protocol error: expected old/new/ref");
	assert_string_equal(fault_detail(&fault_command_syntax), "got 'x\\x1b'");
	assert_fault(parse(CURSOR(ZERO " " ONE " \0caps"), &command, &caps), &fault_command_syntax);
}

static void a_ref_name_is_bounded(void **state)
{
	char line[82 + REFNAME_MAX + 1] = ZERO " " ONE " ";
	struct ref_command command;
	struct cursor caps;
	(void)state;

	memset(line + 82, 'x', REFNAME_MAX + 1);
	assert_ok(parse(cursor_over(line, 82 + REFNAME_MAX), &command, &caps));
	assert_int_equal(strlen(command.name), REFNAME_MAX);
	assert_fault(parse(cursor_over(line, 82 + REFNAME_MAX + 1), &command, &caps),
		&fault_command_syntax);
}

static void reports_are_pkt_lines(void **state)
{
	struct buffer b = BUFFER_INIT;
	(void)state;

	report_unpack(&b, NULL);
	report_unpack(&b, "bad pack");
	report_ok(&b, "refs/heads/x");
	report_ng(&b, "refs/heads/y", "funny refname");
	assert_string_equal(buffer_cstr(&b),
		"000eunpack ok\n0014unpack bad pack\n"
		"0014ok refs/heads/x\n0022ng refs/heads/y funny refname\n");
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_read),
		cmocka_unit_test(other_lines_are_quoted),
		cmocka_unit_test(a_ref_name_is_bounded),
		cmocka_unit_test(reports_are_pkt_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
