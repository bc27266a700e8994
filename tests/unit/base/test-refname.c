/* SPDX-License-Identifier: ISC */
/* refname */
#include "tests/unit/test.h"
#include "base/refname.h"

static bool valid(const char *name)
{
	return refname_valid(cursor_over_text(name));
}

static bool pushable(const char *name)
{
	return refname_pushable(cursor_over_text(name));
}

static void names_that_git_takes_are_valid(void **state)
{
	static const char *const good[] = {"HEAD", "refs/heads/main", "refs/tags/v1.0",
		"refs/heads/@", "refs/heads/a@b", "refs/heads/{x}", "refs/heads/a{", "a./b", "-x",
		"refs/heads/-", "refs/heads/a.lockx", "refs/heads/lock", "@/x",
		"refs/heads/\xc3\xa4", "refs/heads/\xff", "refs/heads/a]b",
		"refs/heads/!#$%&'()+,;<=>\"`|"};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!valid(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void names_that_git_refuses_are_not(void **state)
{
	static const char *const bad[] = {"", "@", "/", "/a", "a/", "a//b", ".", "..", ".a", "a/.b",
		"a/..", "a..b", "a.", "a/b.", "a.lock", "a.lock/b", "a/b.lock", ".lock", "a b",
		"a\tb", "a\nb", "a\x7f", "a\x01", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b",
		"a@{b", "@{", "refs/heads/@{-1}"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	assert_false(refname_valid(CURSOR("a\0b")));
	assert_false(refname_valid(CURSOR("a\0")));
}

static void the_lock_file_of_a_component_fits_in_a_file_name(void **state)
{
	char name[REFNAME_COMPONENT_MAX + 4] = "a/";
	(void)state;

	memset(name + 2, 'x', REFNAME_COMPONENT_MAX + 1);
	assert_true(refname_valid(cursor_over(name, 2 + REFNAME_COMPONENT_MAX)));
	assert_false(refname_valid(cursor_over(name, 2 + REFNAME_COMPONENT_MAX + 1)));
	assert_true(REFNAME_COMPONENT_MAX + strlen(".lock") == 255);
}

static void a_name_is_bounded(void **state)
{
	char name[REFNAME_MAX + 1];
	(void)state;

	for (size_t i = 0; i < sizeof name; i++)
		name[i] = i % 2 ? '/' : 'x';
	assert_false(refname_valid(cursor_over(name, REFNAME_MAX - 2)));
	assert_true(refname_valid(cursor_over(name, REFNAME_MAX - 1)));
	name[REFNAME_MAX - 1] = 'x';
	assert_true(refname_valid(cursor_over(name, REFNAME_MAX)));
	assert_false(refname_valid(cursor_over(name, REFNAME_MAX + 1)));
}

static void a_push_names_refs_in_a_category(void **state)
{
	static const char *const bad[] = {"HEAD", "refs", "refs/", "refs/x", "refs//x", "xrefs/a/b",
		"heads/main", "refs/heads/", "refs/heads/a..b", "Refs/heads/x"};
	(void)state;

	assert_true(pushable("refs/heads/main"));
	assert_true(pushable("refs/for/main/topic"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (pushable(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_git_takes_are_valid),
		cmocka_unit_test(names_that_git_refuses_are_not),
		cmocka_unit_test(the_lock_file_of_a_component_fits_in_a_file_name),
		cmocka_unit_test(a_name_is_bounded),
		cmocka_unit_test(a_push_names_refs_in_a_category),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
