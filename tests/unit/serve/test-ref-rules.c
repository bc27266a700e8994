/* SPDX-License-Identifier: ISC */
/* ref_rules: each rule, each answer */
#include "tests/unit/test.h"
#include "serve/ref_rules.h"
#include "tests/unit/repo/scratch.h"

static const struct oid nothing;
static const struct oid missing = {{0xab}};

static struct repo repo;
static struct refs refs;
static struct graph graph;
static struct ref_rules rules;
static struct oid old_commit, new_commit, other_commit, blob, tree, tag;

static int open_it(void **state)
{
	if (scratch_enter(state))
		return -1;
	run("git init -q -b main r; cd r; echo 1 > f; git add f; git commit -qm 1; "
	    "git branch old; echo 2 > f; git commit -qam 2; git checkout -q --orphan other; "
	    "git commit -qm other; git checkout -q main; git tag -a -m t tag main; "
	    "echo abababababababababababababababababababab > .git/refs/heads/broken");
	assert_ok(open_repository(&repo, "r/.git"));
	assert_ok(refs_load(&refs, &repo));
	assert_ok(odb_open(&rules.odb, &repo));
	graph_init(&graph, rules.odb, repo.algo);
	rules.repo = &repo;
	rules.refs = &refs;
	rules.graph = &graph;
	old_commit = oid_of("r", "old");
	new_commit = oid_of("r", "main");
	other_commit = oid_of("r", "other");
	blob = oid_of("r", "main:f");
	tree = oid_of("r", "main^{tree}");
	tag = oid_of("r", "tag");
	return 0;
}

static int close_it(void **state)
{
	graph_free(&graph);
	refs_free(&refs);
	odb_close(rules.odb);
	return scratch_leave(state);
}

/* As git's defaults are, of a bare repository. */
static int usual(void **state)
{
	(void)state;
	repo.config = (struct repo_config){
		.bare = true, .deny_delete_current = true, .deny_current_branch = true};
	return 0;
}

static void assert_code(
	const char *name, const struct oid *from, const struct oid *to, enum keep_code expected)
{
	struct oid old_oid = *from;
	enum keep_code code;

	assert_ok(ref_rules_judge(&rules, name, &old_oid, to, &code));
	assert_string_equal(keep_code_refusal(code) ? keep_code_refusal(code) : "ok",
		keep_code_refusal(expected) ? keep_code_refusal(expected) : "ok");
	assert_int_equal(code, expected);
}

/* --- names ------------------------------------------------------------------------------------ */

static void funny_names_are_refused(void **state)
{
	static const char *const funny[] = {"", "refs", "refs/", "HEAD", "main", "heads/main",
		"refs/heads/", "refs/heads/..", "refs/heads/a..b", "refs/heads/a.lock",
		"refs/heads/.a", "refs/heads/a/", "refs//heads/a", "/refs/heads/a",
		"refs/heads/a b", "refs/heads/a~", "refs/heads/a^",
		"refs/heads/a:", "refs/heads/a?", "refs/heads/a*", "refs/heads/a[",
		"refs/heads/a\\", "refs/heads/a\x7f", "refs/heads/a\n", "refs/heads/@{",
		"../refs/heads/a", "objects/pack/x", "config"};
	(void)state;

	for (size_t i = 0; i < sizeof funny / sizeof *funny; i++) {
		assert_int_equal(ref_rules_name(funny[i], false), KEEP_FUNNY_REFNAME);
		assert_int_equal(ref_rules_name(funny[i], true), KEEP_FUNNY_REFNAME);
	}
}

static void good_names_are_taken(void **state)
{
	static const char *const good[] = {"refs/heads/main", "refs/heads/a/b/c", "refs/tags/v1",
		"refs/notes/commits", "refs/for/main", "refs/heads/@", "refs/heads/\xc3\xa4"};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(ref_rules_name(good[i], false), KEEP_OK);
}

/* --- new values ------------------------------------------------------------------------------- */

static void a_branch_takes_commits_alone(void **state)
{
	(void)state;
	assert_code("refs/heads/new", &nothing, &new_commit, KEEP_OK);
	assert_code("refs/heads/new", &nothing, &blob, KEEP_INVALID_NEW_VALUE);
	assert_code("refs/heads/new", &nothing, &tree, KEEP_INVALID_NEW_VALUE);
	assert_code("refs/heads/new", &nothing, &tag, KEEP_INVALID_NEW_VALUE);
}

static void any_other_ref_takes_any_object(void **state)
{
	(void)state;
	assert_code("refs/tags/new", &nothing, &new_commit, KEEP_OK);
	assert_code("refs/tags/new", &nothing, &blob, KEEP_OK);
	assert_code("refs/tags/new", &nothing, &tree, KEEP_OK);
	assert_code("refs/tags/new", &nothing, &tag, KEEP_OK);
	assert_code("refs/headsx/new", &nothing, &blob, KEEP_OK);
}

static void what_is_not_there_is_no_value(void **state)
{
	(void)state;
	assert_code("refs/heads/new", &nothing, &missing, KEEP_BAD_PACK);
	assert_code("refs/tags/new", &nothing, &missing, KEEP_BAD_PACK);
}

/* --- receive.denyNonFastForwards -------------------------------------------------------------- */

static void branches_may_go_anywhere_by_default(void **state)
{
	(void)state;
	assert_code("refs/heads/main", &new_commit, &old_commit, KEEP_OK);
	assert_code("refs/heads/main", &new_commit, &other_commit, KEEP_OK);
	assert_code("refs/heads/main", &missing, &other_commit, KEEP_OK);
}

static void branches_may_be_made_to_go_forward_alone(void **state)
{
	(void)state;
	repo.config.deny_non_fast_forwards = true;
	assert_code("refs/heads/old", &old_commit, &new_commit, KEEP_OK);
	assert_code("refs/heads/old", &old_commit, &old_commit, KEEP_OK);
	assert_code("refs/heads/new", &nothing, &new_commit, KEEP_OK);
	assert_code("refs/heads/main", &new_commit, &old_commit, KEEP_NON_FAST_FORWARD);
	assert_code("refs/heads/main", &new_commit, &other_commit, KEEP_NON_FAST_FORWARD);
	assert_code("refs/tags/t", &new_commit, &old_commit, KEEP_OK);
}

static void what_was_no_commit_has_no_forward(void **state)
{
	(void)state;
	repo.config.deny_non_fast_forwards = true;
	assert_code("refs/heads/main", &missing, &new_commit, KEEP_BAD_REF);
	assert_code("refs/heads/main", &blob, &new_commit, KEEP_BAD_REF);
	assert_code("refs/heads/main", &tag, &new_commit, KEEP_BAD_REF);
}

/* --- deleting --------------------------------------------------------------------------------- */

static void refs_may_be_deleted_but_not_the_current_branch(void **state)
{
	(void)state;
	assert_code("refs/heads/old", &old_commit, &nothing, KEEP_OK);
	assert_code("refs/tags/tag", &tag, &nothing, KEEP_OK);
	assert_code("refs/heads/main", &new_commit, &nothing, KEEP_DELETION_OF_CURRENT);
	repo.config.deny_delete_current = false;
	assert_code("refs/heads/main", &new_commit, &nothing, KEEP_OK);
}

static void deleting_branches_may_be_prohibited(void **state)
{
	(void)state;
	repo.config.deny_deletes = true;
	assert_code("refs/heads/old", &old_commit, &nothing, KEEP_DELETION_PROHIBITED);
	assert_code("refs/heads/none", &nothing, &nothing, KEEP_DELETION_PROHIBITED);
	assert_code("refs/tags/tag", &tag, &nothing, KEEP_OK);
}

static void deleting_what_is_not_there_does_nothing(void **state)
{
	(void)state;
	assert_code("refs/heads/none", &nothing, &nothing, KEEP_OK_NOT_THERE);
	assert_code("refs/heads/none", &missing, &nothing, KEEP_OK_NOT_THERE);
}

/* Whoever says that it is not there has not seen what was made since. */
static void deleting_what_was_not_seen_is_refused(void **state)
{
	(void)state;
	assert_code("refs/heads/old", &nothing, &nothing, KEEP_INCORRECT_OLD_VALUE);
	assert_code("refs/heads/old", &missing, &nothing, KEEP_INCORRECT_OLD_VALUE);
}

static void a_ref_that_points_to_nothing_may_be_deleted(void **state)
{
	struct oid old_oid = nothing;
	enum keep_code code;
	char hex[OID_MAX_HEX + 1];
	(void)state;

	assert_ok(ref_rules_judge(&rules, "refs/heads/broken", &old_oid, &nothing, &code));
	assert_int_equal(code, KEEP_OK_CORRUPT);
	assert_string_equal(
		oid_hex(&old_oid, &hash_sha1, hex), "abababababababababababababababababababab");
}

/* --- work trees ------------------------------------------------------------------------------- */

static void the_branch_of_a_work_tree_is_left_alone(void **state)
{
	(void)state;
	repo.config.bare = false;
	assert_code("refs/heads/main", &new_commit, &old_commit, KEEP_CHECKED_OUT);
	assert_code("refs/heads/main", &new_commit, &nothing, KEEP_CHECKED_OUT);
	assert_code("refs/heads/old", &old_commit, &new_commit, KEEP_OK);
	repo.config.deny_current_branch = false;
	assert_code("refs/heads/main", &new_commit, &old_commit, KEEP_OK);
}

#define TEST(name) cmocka_unit_test_setup(name, usual)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(funny_names_are_refused),
		TEST(good_names_are_taken),
		TEST(a_branch_takes_commits_alone),
		TEST(any_other_ref_takes_any_object),
		TEST(what_is_not_there_is_no_value),
		TEST(branches_may_go_anywhere_by_default),
		TEST(branches_may_be_made_to_go_forward_alone),
		TEST(what_was_no_commit_has_no_forward),
		TEST(refs_may_be_deleted_but_not_the_current_branch),
		TEST(deleting_branches_may_be_prohibited),
		TEST(deleting_what_is_not_there_does_nothing),
		TEST(deleting_what_was_not_seen_is_refused),
		TEST(a_ref_that_points_to_nothing_may_be_deleted),
		TEST(the_branch_of_a_work_tree_is_left_alone),
	};

	return cmocka_run_group_tests(tests, open_it, close_it);
}
