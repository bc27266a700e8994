/* SPDX-License-Identifier: ISC */
/* gitconfig: the syntax of git-config(1); expectations were recorded from git 2.39.5 */
#include <stdlib.h>
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "base/gitconfig.h"

/* Every entry as "section|subsection|key|value" and LF; "-" for what is not there. */
static const struct fault *dump(struct cursor text, struct buffer *out)
{
	struct gitconfig config;
	struct gitconfig_entry entry;
	bool more;

	gitconfig_start(&config, text);
	for (;;) {
		TRY(gitconfig_next(&config, &entry, &more));
		if (!more)
			return NULL;
		if (entry.key[0])
			buffer_format(out, "%u:%s|%s|%s|%s\n", entry.line, entry.section,
				entry.subsection ? entry.subsection : "-", entry.key,
				entry.has_value ? entry.value : "-");
		else
			buffer_format(out, "[%s]\n", entry.section);
	}
}

static void git_reads_it_so(void **state)
{
	static const struct {
		const char *text, *entries;
	} rows[] = {
		{"", ""},
		{"\n# only\n ; comments", ""},
		{"\xef\xbb\xbf[a]\nb=c\n", "[a]\n2:a|-|b|c\n"},
		{"[Core]\n\tBare = true\n", "[core]\n2:core|-|bare|true\n"},
		{"[core] bare\n", "[core]\n1:core|-|bare|-\n"},
		{"[core]\r\n\tbare = x y  \r\n", "[core]\n2:core|-|bare|x y\n"},
		{"[r \"A b\\\"\\\\\\c\"]\nk=v", "[r]\n2:r|A b\"\\c|k|v\n"},
		{"[A.B.c]\nk=v", "[a]\n2:a|b.c|k|v\n"},
		{"[a]k=\n", "[a]\n1:a|-|k|\n"},
		{"[a]k= x # y\nl=z;z\n", "[a]\n1:a|-|k|x\n2:a|-|l|z\n"},
		{"[a]k= \" x # y \" z \n", "[a]\n1:a|-|k| x # y  z\n"},
		{"[a]k=\"\" x\n", "[a]\n1:a|-|k|x\n"},
		{"[a]k= x \"\" \n", "[a]\n1:a|-|k|x \n"},
		{"[a]k=a\\\n  b\n[c]d", "[a]\n1:a|-|k|a  b\n[c]\n3:c|-|d|-\n"},
		{"[a]k=\\t\\n\\\"\\\\\n", "[a]\n1:a|-|k|\t\n\"\\\n"},
		{"[include]path=/etc/passwd\n", "[include]\n1:include|-|path|/etc/passwd\n"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buffer out = BUFFER_INIT;
		assert_ok(dump(cursor_over_text(rows[i].text), &out));
		assert_string_equal(buffer_cstr(&out), rows[i].entries);
		buffer_free(&out);
	}
}

static void what_git_refuses_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *detail;
	} rows[] = {
		{"k=v\n", "line 1: a key before the first section"},
		{"[a]\n=v\n", "line 2: expected a section, a key or a comment"},
		{"[a]\n9k=v\n", "line 2: expected a section, a key or a comment"},
		{"[a]\nk v\n", "line 2: expected '=' after the key"},
		{"[a]\nk # c\n", "line 2: expected '=' after the key"},
		{"[a]\nk_l=v\n", "line 2: expected '=' after the key"},
		{"[]\n", "line 1: a section needs a name"},
		{"[a\n", "line 1: the section header is not closed by a ']'"},
		{"[a \"b]\n", "line 1: the subsection is not closed by a '\"'"},
		{"[a \"b\\", "line 1: the subsection is not closed by a '\"'"},
		{"[a b]\n", "line 1: expected '\"' or ']' after the section name"},
		{"[a]\n\nk=\"v\n", "line 3: the value is not closed by a '\"'"},
		{"[a]\nk=\\q\n", "line 2: unknown escape: write \\\\ for a backslash"},
		{"[a]\nk=x\ry\n", "line 2: a carriage return or NUL in the value"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buffer out = BUFFER_INIT;
		assert_fault(dump(cursor_over_text(rows[i].text), &out), &fault_config_syntax);
		assert_string_equal(fault_detail(&fault_config_syntax), rows[i].detail);
		buffer_free(&out);
	}
}

static const struct fault *read_filled(const char *before, size_t count, const char *after)
{
	struct buffer text = BUFFER_INIT, out = BUFFER_INIT;
	const struct fault *fault;

	buffer_text(&text, before);
	for (size_t i = 0; i < count; i++)
		buffer_byte(&text, 'x');
	buffer_text(&text, after);
	fault = dump(cursor_over(text.bytes, text.len), &out);
	buffer_free(&text);
	buffer_free(&out);
	return fault;
}

static void each_limit_holds_at_n_and_n_plus_1(void **state)
{
	(void)state;

	assert_ok(read_filled("[", GITCONFIG_NAME_MAX - 1, "]"));
	assert_fault(read_filled("[", GITCONFIG_NAME_MAX, "]"), &fault_config_syntax);
	assert_ok(read_filled("[a \"", GITCONFIG_NAME_MAX - 1, "\"]"));
	assert_fault(read_filled("[a \"", GITCONFIG_NAME_MAX, "\"]"), &fault_config_syntax);
	assert_ok(read_filled("[a]", GITCONFIG_NAME_MAX - 1, "=v"));
	assert_fault(read_filled("[a]", GITCONFIG_NAME_MAX, "=v"), &fault_config_syntax);
	assert_ok(read_filled("[a]k=", GITCONFIG_VALUE_MAX - 1, ""));
	assert_fault(read_filled("[a]k=", GITCONFIG_VALUE_MAX, ""), &fault_config_syntax);
}

static void a_nul_is_never_part_of_anything(void **state)
{
	struct buffer out = BUFFER_INIT;
	(void)state;

	assert_fault(dump(CURSOR("[a]k=x\0y"), &out), &fault_config_syntax);
	assert_fault(dump(CURSOR("[a \"x\0y\"]"), &out), &fault_config_syntax);
	assert_fault(dump(CURSOR("[a]\0"), &out), &fault_config_syntax);
	buffer_free(&out);
}

static void sizes_and_durations_have_units(void **state)
{
	uint64_t n = 0;
	(void)state;

	assert_true(gitconfig_size("10", UINT64_MAX, &n) && n == 10);
	assert_true(gitconfig_size("10K", UINT64_MAX, &n) && n == 10240);
	assert_true(gitconfig_size("2g", UINT64_MAX, &n) && n == UINT64_C(2) << 30);
	assert_true(gitconfig_size("1k", 1024, &n));
	assert_false(gitconfig_size("1k", 1023, &n));
	assert_false(gitconfig_size("17179869184g", UINT64_MAX, &n));
	assert_false(gitconfig_size("", UINT64_MAX, &n));
	assert_false(gitconfig_size("-1", UINT64_MAX, &n));
	assert_false(gitconfig_size("1t", UINT64_MAX, &n));
	assert_false(gitconfig_size("1kb", UINT64_MAX, &n));
	assert_true(gitconfig_duration("90", UINT64_MAX, &n) && n == 90000);
	assert_true(gitconfig_duration("5m", UINT64_MAX, &n) && n == 300000);
	assert_true(gitconfig_duration("1d", UINT64_MAX, &n) && n == 86400000);
	assert_false(gitconfig_duration("1w", UINT64_MAX, &n));
	assert_false(gitconfig_duration("2s", 1999, &n));
}

static void booleans_are_gits(void **state)
{
	static const struct {
		const char *value;
		int means; /* -1: not one */
	} rows[] = {{"true", 1}, {"YES", 1}, {"on", 1}, {"1", 1}, {"-1", 1}, {"1k", 1},
		{"false", 0}, {"No", 0}, {"off", 0}, {"0", 0}, {"", 0}, {"maybe", -1}, {"-", -1}};
	struct gitconfig_entry entry = {.has_value = false};
	bool out = false;
	(void)state;

	assert_true(gitconfig_bool(&entry, &out) && out);
	entry.has_value = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(entry.value, sizeof entry.value, "%s", rows[i].value);
		assert_int_equal(gitconfig_bool(&entry, &out), rows[i].means >= 0);
		if (rows[i].means >= 0)
			assert_int_equal(out, rows[i].means);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(git_reads_it_so),
		cmocka_unit_test(what_git_refuses_is_refused_with_its_line),
		cmocka_unit_test(each_limit_holds_at_n_and_n_plus_1),
		cmocka_unit_test(a_nul_is_never_part_of_anything),
		cmocka_unit_test(sizes_and_durations_have_units),
		cmocka_unit_test(booleans_are_gits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
