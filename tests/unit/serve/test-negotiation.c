/* SPDX-License-Identifier: ISC */
/* negotiation: what may be wanted, what is common, when to stop */
#include "tests/unit/test.h"
#include "serve/negotiation.h"
#include "tests/unit/repo/scratch.h"

static const struct oid missing = {{0xab}};

static struct repo repo;
static struct odb *odb;
static struct refs refs;
static struct graph graph;
static struct negotiation n;
static struct oid first, second, third, side, lost, lost_child, tag, tag_of_tag, tree, blob;

/*
 * main: first - second - third; side: first - side; lost: second - lost - lost_child, which no ref
 * names; tag_of_tag names tag, which names second; refs/blobs/b names a blob.
 */
static int open_it(void **state)
{
	if (scratch_enter(state))
		return -1;
	run("git init -q -b main r; cd r; echo 1 > f; git add f; git commit -qm 1; "
	    "git checkout -qb side; echo s > s; git add s; git commit -qm s; git checkout -q main; "
	    "echo 2 > f; git commit -qam 2; git tag -a -m t tag; git tag -a -m t tagtag tag; "
	    "git tag -d tag > /dev/null; git checkout -q --detach; echo l > f; git commit -qam l; "
	    "echo l2 > f; git commit -qam l2; git rev-parse HEAD HEAD~1 > ../lost; "
	    "git checkout -q main; echo 3 > f; git commit -qam 3; "
	    "git update-ref refs/blobs/b $(echo lone | git hash-object -w --stdin)");
	first = oid_of("r", "main~2");
	second = oid_of("r", "main~1");
	third = oid_of("r", "main");
	side = oid_of("r", "side");
	lost_child = oid_of("r", "$(sed -n 1p lost)");
	lost = oid_of("r", "$(sed -n 2p lost)");
	tag_of_tag = oid_of("r", "tagtag");
	tag = oid_of("r", "$(git -C r cat-file tag tagtag | sed -n 's/^object //p')");
	tree = oid_of("r", "main~1^{tree}");
	blob = oid_of("r", "main~1:f");
	assert_ok(open_repository(&repo, "r/.git"));
	return 0;
}

static int fresh(void **state)
{
	(void)state;
	assert_ok(refs_load(&refs, &repo));
	assert_ok(odb_open(&odb, &repo));
	for (size_t i = 0; i < refs.count; i++)
		assert_ok(ref_peel(&refs.list[i], odb, repo.algo));
	graph_init(&graph, odb, repo.algo);
	negotiation_init(&n, odb, &refs, &graph);
	return 0;
}

static int done(void **state)
{
	(void)state;
	negotiation_free(&n);
	graph_free(&graph);
	odb_close(odb);
	refs_free(&refs);
	return 0;
}

static void start_again(void)
{
	negotiation_free(&n);
	negotiation_init(&n, odb, &refs, &graph);
}

/* --- wants ------------------------------------------------------------------------------------ */

static void assert_wanted(const struct oid *oid, bool as_tip, bool as_reachable)
{
	start_again();
	assert_ok(negotiation_want(&n, oid));
	assert_fault(negotiation_check_wants(&n, WANT_TIPS), as_tip ? NULL : &fault_not_our_ref);
	assert_fault(negotiation_check_wants(&n, WANT_REACHABLE),
		as_reachable ? NULL : &fault_not_our_ref);
}

static void tips_may_be_wanted(void **state)
{
	(void)state;
	assert_wanted(&third, true, true);
	assert_wanted(&side, true, true);
	assert_wanted(&tag_of_tag, true, true);
}

/* What stands behind "^{}" in the advertisement. */
static void what_a_tag_peels_to_may_be_wanted(void **state)
{
	(void)state;
	assert_wanted(&second, true, true);
	assert_wanted(&tag, false, true);
}

static void what_is_reachable_may_be_wanted_in_v2(void **state)
{
	(void)state;
	assert_wanted(&first, false, true);
	assert_wanted(&tree, false, true);
	assert_wanted(&blob, false, true);
}

static void what_is_unreachable_may_not_be_wanted(void **state)
{
	struct oid lost_tree = oid_of("r", "$(sed -n 1p lost)^{tree}");
	struct oid lost_blob = oid_of("r", "$(sed -n 1p lost):f");
	(void)state;

	assert_wanted(&lost, false, false);
	assert_wanted(&lost_child, false, false);
	assert_wanted(&lost_tree, false, false);
	assert_wanted(&lost_blob, false, false);
}

static void what_is_missing_may_not_be_wanted(void **state)
{
	(void)state;
	assert_wanted(&missing, false, false);
}

static void one_bad_want_spoils_the_good_ones(void **state)
{
	char hex[OID_MAX_HEX + 1];
	(void)state;

	assert_ok(negotiation_want(&n, &third));
	assert_ok(negotiation_want(&n, &first));
	assert_ok(negotiation_check_wants(&n, WANT_REACHABLE));
	assert_ok(negotiation_want(&n, &lost));
	assert_fault(negotiation_check_wants(&n, WANT_REACHABLE), &fault_not_our_ref);
	assert_string_equal(fault_detail(&fault_not_our_ref), oid_hex(&lost, &hash_sha1, hex));
}

static void a_want_counts_once(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_ok(negotiation_want(&n, &third));
	assert_int_equal(n.wants.count, 1);
}

static void wants_are_bounded(void **state)
{
	struct oid oid = {{0}};
	(void)state;

	for (uint32_t i = 0; i < NEGOTIATION_MAX; i++) {
		memcpy(oid.id, &i, sizeof i);
		assert_ok(negotiation_want(&n, &oid));
	}
	assert_fault(negotiation_want(&n, &third), &fault_too_big);
}

/* --- haves ------------------------------------------------------------------------------------ */

static void assert_have(const struct oid *oid, bool expected, bool ready_after)
{
	bool here, ready;

	assert_ok(negotiation_have(&n, oid, &here));
	assert_int_equal(here, expected);
	assert_ok(negotiation_ready(&n, &ready));
	assert_int_equal(ready, ready_after);
}

static void nothing_in_common_is_never_ready(void **state)
{
	bool ready;
	(void)state;

	assert_ok(negotiation_want(&n, &third));
	assert_ok(negotiation_ready(&n, &ready));
	assert_false(ready);
	assert_have(&missing, false, false);
	assert_int_equal(n.common.count, 0);
}

static void an_ancestor_of_the_want_is_enough(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &third));
	assert_have(&side, true, false);
	assert_have(&first, true, true);
	assert_have(&missing, false, true);
	assert_int_equal(n.common.count, 2);
}

static void the_want_itself_is_enough(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &third));
	assert_have(&third, true, true);
}

static void a_tag_stands_for_its_commit(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &tag_of_tag));
	assert_have(&third, true, false);
	assert_have(&second, true, true);
	start_again();
	assert_ok(negotiation_want(&n, &third));
	assert_have(&tag_of_tag, true, true);
}

static void each_want_must_reach_something(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &third));
	assert_ok(negotiation_want(&n, &side));
	assert_have(&second, true, false);
	assert_have(&first, true, true);
}

/* Nothing is ever reached from a blob: the commits beside it decide. */
static void a_want_that_is_no_commit_is_not_waited_for(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &side));
	assert_ok(negotiation_want(&n, &blob));
	assert_have(&second, true, false);
	assert_have(&first, true, true);
}

/* Having a blob or a tree says nothing of commits. */
static void a_have_that_is_no_commit_is_common_and_no_more(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &third));
	assert_have(&blob, true, false);
	assert_have(&tree, true, false);
	assert_int_equal(n.common.count, 2);
}

/* What no ref names may still be common: the client has it, that is all. */
static void an_unreachable_have_is_common(void **state)
{
	(void)state;
	assert_ok(negotiation_want(&n, &third));
	assert_have(&lost_child, true, false);
	assert_have(&lost_child, true, false);
	assert_int_equal(n.common.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tips_may_be_wanted),
		TEST(what_a_tag_peels_to_may_be_wanted),
		TEST(what_is_reachable_may_be_wanted_in_v2),
		TEST(what_is_unreachable_may_not_be_wanted),
		TEST(what_is_missing_may_not_be_wanted),
		TEST(one_bad_want_spoils_the_good_ones),
		TEST(a_want_counts_once),
		TEST(wants_are_bounded),
		TEST(nothing_in_common_is_never_ready),
		TEST(an_ancestor_of_the_want_is_enough),
		TEST(the_want_itself_is_enough),
		TEST(a_tag_stands_for_its_commit),
		TEST(each_want_must_reach_something),
		TEST(a_want_that_is_no_commit_is_not_waited_for),
		TEST(a_have_that_is_no_commit_is_common_and_no_more),
		TEST(an_unreachable_have_is_common),
	};

	return cmocka_run_group_tests(tests, open_it, scratch_leave);
}
