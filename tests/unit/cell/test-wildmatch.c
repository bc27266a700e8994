/* SPDX-License-Identifier: ISC */
/* wildmatch: expectations are what "git for-each-ref refs/x/PATTERN" of git 2.39.5 lists */
#include <stdlib.h>
#include <time.h>
#include "tests/unit/test.h"
#include "cell/wildmatch.h"

static void it_matches_as_git_does(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} rows[] = {
		{"a", "a", true},
		{"a", "A", false},
		{"a", "ab", false},
		{"ab", "a", false},
		{"a/b", "a/b", true},
		{"a", "a/b", false},
		{"*", "a", true},
		{"*", "a/b", false},
		{"?", "a", true},
		{"?", "ab", false},
		{"a?b", "a/b", false},
		{"*b", "ab", true},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXbYcd", false},
		{"*a*a*", "banana", true},
		{"**", "a", true},
		{"**", "a/b/c", true},
		{"***", "a/b/c", true},
		{"a/**", "a", false},
		{"a/**", "a/b", true},
		{"a/**", "a/b/c", true},
		{"a/**", "ab/c", false},
		{"**/b", "b", true},
		{"**/b", "a/b", true},
		{"**/b", "a/ab", false},
		{"a/**/b", "a/b", true},
		{"a/**/b", "a/x/y/b", true},
		{"a/**/b", "a/x/y/bb", false},
		{"a/**/b/**/c", "a/b/x/b/c", true},
		{"**/**", "a", true},
		{"a/**/**", "a", false},
		{"a**b", "axxb", true},
		{"a**b", "a/b", false},
		{"a**/b", "a/b", true},
		{"a**/b", "a/x/b", false},
		{"[ab]", "b", true},
		{"[!ab]", "b", false},
		{"[^ab]", "c", true},
		{"[a-c]x", "bx", true},
		{"[a-c]x", "dx", false},
		{"[]a]", "]", true},
		{"[!]a]", "]", false},
		{"[a-]", "-", true},
		{"[\\]]", "]", true},
		{"[a-\\c]", "b", true},
		{"[[:digit:]]", "7", true},
		{"[[:digit:]x]", "x", true},
		{"[![:alpha:]]", "x", false},
		{"[[:upper:]]", "x", false},
		{"[[:punct:]]", "-", true},
		{"[[:xdigit:]]", "F", true},
		{"[[:xdigit:]]", "G", false},
		{"\\*", "*", true},
		{"\\*", "a", false},
		{"\\a", "a", true},
		{"caf\xc3\xa9", "caf\xc3\xa9", true},
		{"caf?", "caf\xc3\xa9", false},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cursor pattern = cursor_over_text(rows[i].pattern);
		assert_null(wildmatch_check(pattern));
		if (wildmatch(pattern, cursor_over_text(rows[i].name)) != rows[i].matches)
			fail_msg("\"%s\" and \"%s\": expected %d", rows[i].pattern, rows[i].name,
				rows[i].matches);
	}
}

static void malformed_patterns_are_named(void **state)
{
	static const char *const rows[] = {"", "a//b", "a/", "/a", "[", "[a", "[]", "[!]",
		"[[:x:]]", "[[:alpha:]", "[a/b]", "a\\", "a\\/b", "[a-", "[\\"};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!wildmatch_check(cursor_over_text(rows[i])))
			fail_msg("\"%s\" was taken", rows[i]);
}

/* A recursive matcher needs ages of the universe for these. */
static void hostile_names_cost_little(void **state)
{
	char pattern[256], name[1025];
	clock_t start = clock();
	(void)state;

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	for (size_t i = 0; i < sizeof pattern - 2; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof pattern - 2] = 'b';
	pattern[sizeof pattern - 1] = '\0';
	for (int i = 0; i < 10; i++)
		assert_false(wildmatch(cursor_over_text(pattern), cursor_over_text(name)));

	for (size_t i = 1; i < sizeof name - 1; i += 2)
		name[i] = '/';
	memset(pattern, 0, sizeof pattern);
	for (size_t i = 0; i < 49; i++)
		memcpy(pattern + i * 5, "**/a/", 5);
	memcpy(pattern + 49 * 5, "b", 2);
	for (int i = 0; i < 10; i++)
		assert_false(wildmatch(cursor_over_text(pattern), cursor_over_text(name)));
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_matches_as_git_does),
		cmocka_unit_test(malformed_patterns_are_named),
		cmocka_unit_test(hostile_names_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
