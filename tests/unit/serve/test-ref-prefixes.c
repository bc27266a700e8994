/* SPDX-License-Identifier: ISC */
/* serve/ref_prefixes.c */
#include "tests/unit/test.h"
#include "serve/ref_prefixes.h"

static void a_name_matches_if_it_begins_with_any(void **state)
{
	static const char *const prefixes[] = {
		"refs/tags/", "refs/heads/a", "HEAD", "refs/heads/ab"};
	struct ref_prefixes set = REF_PREFIXES_INIT;
	(void)state;

	for (size_t i = 0; i < 4; i++)
		ref_prefixes_add(&set, cursor_over_text(prefixes[i]));
	assert_ok(ref_prefixes_settle(&set));
	assert_int_equal(set.sorted_count, 3); /* "refs/heads/ab" adds nothing */
	assert_true(ref_prefixes_match(&set, "HEAD"));
	assert_true(ref_prefixes_match(&set, "refs/heads/a"));
	assert_true(ref_prefixes_match(&set, "refs/heads/abc"));
	assert_true(ref_prefixes_match(&set, "refs/heads/az"));
	assert_true(ref_prefixes_match(&set, "refs/tags/v1"));
	assert_false(ref_prefixes_match(&set, "refs/heads/b"));
	assert_false(ref_prefixes_match(&set, "HEA"));
	assert_false(ref_prefixes_match(&set, "refs/tags"));
	ref_prefixes_free(&set);
}

static void no_prefix_means_everything(void **state)
{
	struct ref_prefixes set = REF_PREFIXES_INIT;
	(void)state;

	assert_ok(ref_prefixes_settle(&set));
	assert_true(ref_prefixes_match(&set, "refs/heads/x"));
	ref_prefixes_free(&set);
}

/* A prefix with a NUL matches no ref, but having given one is not having given none. */
static void an_impossible_prefix_matches_nothing(void **state)
{
	struct ref_prefixes set = REF_PREFIXES_INIT;
	(void)state;

	ref_prefixes_add(&set, CURSOR("refs/\0x"));
	assert_ok(ref_prefixes_settle(&set));
	assert_false(ref_prefixes_match(&set, "refs/heads/x"));
	ref_prefixes_free(&set);
}

static void add_many(struct ref_prefixes *set, unsigned count)
{
	char name[32];

	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof name, "refs/heads/%06u/", i);
		ref_prefixes_add(set, cursor_over_text(name));
	}
}

static void past_the_limit_everything_matches(void **state)
{
	struct ref_prefixes at = REF_PREFIXES_INIT, over = REF_PREFIXES_INIT;
	(void)state;

	add_many(&at, REF_PREFIXES_MAX);
	add_many(&over, REF_PREFIXES_MAX + 1);
	assert_ok(ref_prefixes_settle(&at));
	assert_ok(ref_prefixes_settle(&over));
	assert_true(ref_prefixes_match(&at, "refs/heads/065534/x"));
	assert_false(ref_prefixes_match(&at, "refs/other"));
	assert_true(ref_prefixes_match(&over, "refs/other"));
	ref_prefixes_free(&at);
	ref_prefixes_free(&over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_matches_if_it_begins_with_any),
		cmocka_unit_test(no_prefix_means_everything),
		cmocka_unit_test(an_impossible_prefix_matches_nothing),
		cmocka_unit_test(past_the_limit_everything_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
