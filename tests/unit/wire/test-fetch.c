/* SPDX-License-Identifier: ISC */
/* fetch */
#include "tests/unit/test.h"
#include "wire/fetch.h"

#define OID "0123456789abcdef0123456789ABCDEF01234567"

static bool is_oid(const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	return strcmp(oid_hex(oid, &hash_sha1, hex), "0123456789abcdef0123456789abcdef01234567") ==
	       0;
}

static void negotiation_lines_are_read(void **state)
{
	static const struct {
		const char *line;
		enum negotiation_kind kind;
		bool has_oid;
		const char *rest;
	} good[] = {
		{"want " OID, LINE_WANT, true, ""},
		{"want " OID "\n", LINE_WANT, true, ""},
		{"want " OID " thin-pack agent=x\n", LINE_WANT, true, "thin-pack agent=x"},
		{"want " OID " ", LINE_WANT, true, ""},
		{"have " OID "\n", LINE_HAVE, true, ""},
		{"done", LINE_DONE, false, ""},
		{"done\n", LINE_DONE, false, ""},
		{"shallow " OID, LINE_SHALLOW, true, ""},
		{"deepen 3\n", LINE_DEEPEN, false, "3"},
		{"deepen-since 1700000000", LINE_DEEPEN, false, "1700000000"},
		{"deepen-not refs/heads/x", LINE_DEEPEN, false, "refs/heads/x"},
		{"filter blob:none", LINE_FILTER, false, "blob:none"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct negotiation_line line;
		assert_ok(
			negotiation_line_parse(cursor_over_text(good[i].line), &hash_sha1, &line));
		assert_int_equal(line.kind, good[i].kind);
		assert_int_equal(is_oid(&line.oid), good[i].has_oid);
		assert_true(cursor_is(&line.rest, good[i].rest));
	}
}

static void other_negotiation_lines_are_quoted(void **state)
{
	static const char *const bad[] = {"", "want", "want ", "want 0123", "wanted " OID,
		"want  " OID, "want " OID "0", "want " OID "x", "have " OID " ", "have " OID "\n\n",
		"done ", "doneX", "Done", " done", "shallow " OID "x", "deepen",
		"deepen-relative 1", "ERR no", "want g123456789abcdef0123456789abcdef01234567"};
	struct negotiation_line line = {.kind = LINE_DONE};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (negotiation_line_parse(cursor_over_text(bad[i]), &hash_sha1, &line) !=
			&fault_negotiation_line)
			fail_msg("accepted: %s", bad[i]);
	}
	assert_fault(negotiation_line_parse(CURSOR("have\33[m"), &hash_sha1, &line),
		&fault_negotiation_line);
	assert_string_equal(fault_detail(&fault_negotiation_line), "'have\\x1b[m'");
	assert_int_equal(line.kind, LINE_DONE);
}

static void v2_is_advertised_line_by_line(void **state)
{
	struct buffer b = BUFFER_INIT, want = BUFFER_INIT;
	(void)state;

	v2_advertise(&b, &hash_sha1);
	buffer_format(&want, "%04zxagent=%s\n", strlen("agent=\n") + 4 + strlen(agent_value()),
		agent_value());
	buffer_text(&want, "0013ls-refs=unborn\n0018fetch=wait-for-done\n0012server-option\n"
			   "0017object-format=sha1\n0000");
	assert_string_equal(buffer_cstr(&b), buffer_cstr(&want));
	buffer_free(&b);
	buffer_free(&want);
}

static void a_v2_request_is_fed_line_by_line(void **state)
{
	static const char *const lines[] = {"agent=git/2.39.5\n", "command=fetch\n",
		"object-format=sha1", "session-id=a-b", "server-option=x", "server-option="};
	struct v2_request request = {0};
	(void)state;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_ok(v2_request_line(&request, cursor_over_text(lines[i])));
	assert_true(request.has_command && request.command == V2_FETCH);
	assert_int_equal(request.server_options, 2);
	assert_ptr_equal(request.caps.algo, &hash_sha1);
	assert_string_equal(request.caps.agent, "git/2.39.5");
}

static void v2_violations_have_their_faults(void **state)
{
	static const struct {
		const char *line;
		const struct fault *fault;
		const char *detail;
	} bad[] = {
		{"command=ls-refs", &fault_v2_command, "a second one, 'ls-refs'"},
		{"command=fetch", &fault_v2_command, "a second one, 'fetch'"},
		{"object-format=md5", &fault_capability, "'md5'"},
		{"", &fault_v2_capability, "''"},
		{"server-option", &fault_v2_capability, "'server-option'"},
		{"agent", &fault_v2_capability, "'agent'"},
		{"x=\33\n", &fault_v2_capability, "'x=\\x1b'"},
		{"want " OID, &fault_v2_capability, "'want " OID "'"},
	};
	struct v2_request request = {0}, fresh = {0};
	(void)state;

	assert_fault(v2_request_line(&fresh, CURSOR("command=ls-refs=foo\n")), &fault_v2_command);
	assert_string_equal(fault_detail(&fault_v2_command), "'ls-refs=foo'");
	assert_fault(v2_request_line(&fresh, CURSOR("command=object-info")), &fault_v2_command);
	assert_fault(v2_request_line(&fresh, CURSOR("command=")), &fault_v2_command);
	assert_false(fresh.has_command);
	assert_ok(v2_request_line(&request, CURSOR("command=ls-refs")));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_fault(
			v2_request_line(&request, cursor_over_text(bad[i].line)), bad[i].fault);
		assert_string_equal(fault_detail(bad[i].fault), bad[i].detail);
	}
	assert_int_equal(request.command, V2_LS_REFS);
}

static void v2_arguments_are_read(void **state)
{
	static const struct {
		enum v2_command command;
		const char *line;
		enum v2_argument_kind kind;
		bool has_oid;
		const char *value;
	} good[] = {
		{V2_LS_REFS, "peel\n", ARG_PEEL, false, ""},
		{V2_LS_REFS, "symrefs", ARG_SYMREFS, false, ""},
		{V2_LS_REFS, "unborn", ARG_UNBORN, false, ""},
		{V2_LS_REFS, "ref-prefix refs/heads/\n", ARG_REF_PREFIX, false, "refs/heads/"},
		{V2_LS_REFS, "ref-prefix ", ARG_REF_PREFIX, false, ""},
		{V2_FETCH, "want " OID "\n", ARG_WANT, true, ""},
		{V2_FETCH, "have " OID, ARG_HAVE, true, ""},
		{V2_FETCH, "done", ARG_DONE, false, ""},
		{V2_FETCH, "thin-pack", ARG_THIN_PACK, false, ""},
		{V2_FETCH, "no-progress", ARG_NO_PROGRESS, false, ""},
		{V2_FETCH, "include-tag", ARG_INCLUDE_TAG, false, ""},
		{V2_FETCH, "ofs-delta", ARG_OFS_DELTA, false, ""},
		{V2_FETCH, "wait-for-done", ARG_WAIT_FOR_DONE, false, ""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct v2_argument argument;
		assert_ok(v2_argument_parse(
			good[i].command, cursor_over_text(good[i].line), &hash_sha1, &argument));
		assert_int_equal(argument.kind, good[i].kind);
		assert_int_equal(is_oid(&argument.oid), good[i].has_oid);
		assert_true(cursor_is(&argument.value, good[i].value));
	}
}

static void v2_arguments_that_nobody_offered_are_refused(void **state)
{
	static const char *const bad[] = {"", "deepen 3", "shallow " OID, "deepen-relative",
		"deepen-since 1", "deepen-not x", "filter blob:none", "want-ref refs/heads/x",
		"sideband-all", "packfile-uris https", "want " OID " thin-pack", "want 123",
		"done x", "ref-prefix", "peel ", "size", "oid " OID};
	struct v2_argument argument;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cursor line = cursor_over_text(bad[i]);
		assert_fault(v2_argument_parse(V2_FETCH, line, &hash_sha1, &argument),
			&fault_v2_argument);
		assert_fault(v2_argument_parse(V2_LS_REFS, line, &hash_sha1, &argument),
			&fault_v2_argument);
	}
	assert_fault(v2_argument_parse(V2_LS_REFS, CURSOR("done"), &hash_sha1, &argument),
		&fault_v2_argument);
	assert_fault(v2_argument_parse(V2_FETCH, CURSOR("peel\n"), &hash_sha1, &argument),
		&fault_v2_argument);
	assert_string_equal(fault_detail(&fault_v2_argument), "'peel'");
}

static void a_long_line_is_quoted_in_part(void **state)
{
	char line[2000];
	struct v2_argument argument;
	(void)state;

	memset(line, 'x', sizeof line);
	assert_fault(
		v2_argument_parse(V2_FETCH, cursor_over(line, sizeof line), &hash_sha1, &argument),
		&fault_v2_argument);
	assert_int_equal(strlen(fault_detail(&fault_v2_argument)), 402);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negotiation_lines_are_read),
		cmocka_unit_test(other_negotiation_lines_are_quoted),
		cmocka_unit_test(v2_is_advertised_line_by_line),
		cmocka_unit_test(a_v2_request_is_fed_line_by_line),
		cmocka_unit_test(v2_violations_have_their_faults),
		cmocka_unit_test(v2_arguments_are_read),
		cmocka_unit_test(v2_arguments_that_nobody_offered_are_refused),
		cmocka_unit_test(a_long_line_is_quoted_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
