/* SPDX-License-Identifier: ISC */
/* refs_load() and ref_read() beside what git for-each-ref says */
#include "tests/unit/test.h"
#include "tests/unit/repo/scratch.h"
#include "repo/loose_refs.h"
#include "repo/odb.h"
#include "repo/packed_refs.h"

#define SOME_REFS                                                                                  \
	"git init -q -b main r; cd r; for i in 1 2 3; do git commit -q --allow-empty -m $i; "      \
	"done; "                                                                                   \
	"git branch a; git branch a-b; git branch topic/a/b/c HEAD~1; git branch topic.x HEAD~2; " \
	"git tag light; git tag -a -m one annotated; git tag -a -m two nested annotated "          \
	"2>/dev/null; "                                                                            \
	"git update-ref refs/notes/blob $(echo hello | git hash-object -w --stdin); "              \
	"git update-ref refs/x/tree HEAD^{tree}; "

static void refs_are_read_wherever_git_puts_them(void **state)
{
	static const char *const layouts[] = {
		":",
		"git pack-refs --all --prune",
		"git pack-refs --all --no-prune",
		"git pack-refs",
		"git pack-refs --all; git update-ref refs/heads/a HEAD~2; git branch new; "
		"git branch -q -D a-b",
		"git gc -q",
		"git gc -q; git checkout -q --detach",
		"git symbolic-ref HEAD refs/heads/unborn",
		"git symbolic-ref refs/heads/link refs/heads/a; "
		"git symbolic-ref refs/heads/nowhere refs/heads/none; "
		"git symbolic-ref refs/heads/link2 refs/heads/link; "
		"git symbolic-ref HEAD refs/heads/link2; git pack-refs --all",
		"git symbolic-ref refs/heads/loop1 refs/heads/loop2; "
		"git symbolic-ref refs/heads/loop2 refs/heads/loop1; "
		"git symbolic-ref HEAD refs/heads/loop1",
		"for i in 1 2 3 4 5 6 7; do "
		"git symbolic-ref refs/heads/s$i refs/heads/s$((i - 1)); done; "
		"git branch s0; git symbolic-ref HEAD refs/heads/s3",
		"for i in 1 2 3 4 5 6 7; do "
		"git symbolic-ref refs/heads/s$i refs/heads/s$((i - 1)); done; "
		"git branch s0; git symbolic-ref HEAD refs/heads/s4",
		"git pack-refs --all; sed -i 1d .git/packed-refs; "
		"(sed /^^/d .git/packed-refs | sort -r) >p; mv p .git/packed-refs",
		"git rev-parse HEAD | tr a-f A-F >.git/refs/heads/upper",
		"printf '%%s garbage' $(git rev-parse HEAD) >.git/refs/heads/trailer",
		"printf 'ref:\\t  refs/heads/a \\n\\n' >.git/refs/heads/blanks",
	};
	struct repo repo;
	(void)state;

	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		run("rm -rf r; " SOME_REFS "%s", layouts[i]);
		assert_ok(open_repository(&repo, "r"));
		assert_refs_as_git(&repo, "r");
	}
}

static void what_git_packed_says_how_tags_peel(void **state)
{
	struct repo repo;
	struct refs refs;
	struct oid main_oid;
	(void)state;

	run(SOME_REFS "git pack-refs --all");
	assert_ok(open_repository(&repo, "r"));
	assert_ok(refs_load(&refs, &repo));
	main_oid = oid_of("r", "main");
	assert_int_equal(refs_find(&refs, "refs/tags/nested")->peel, PEEL_TAG);
	assert_true(oid_equal(&refs_find(&refs, "refs/tags/nested")->peeled, &main_oid));
	assert_int_equal(refs_find(&refs, "refs/tags/light")->peel, PEEL_NONE);
	assert_null(refs_find(&refs, "refs/tags/nest"));
	refs_free(&refs);
	run("cd r; git tag -f light HEAD~1");
	assert_ok(refs_load(&refs, &repo));
	assert_int_equal(refs_find(&refs, "refs/tags/light")->peel, PEEL_UNKNOWN);
	refs_free(&refs);
}

static void tags_are_followed_to_what_they_mark(void **state)
{
	struct oid main_oid;
	struct repo repo;
	struct refs refs;
	struct odb *odb;
	struct ref *ref;
	(void)state;

	run(SOME_REFS "git update-ref refs/x/blobtag $(git tag -a -m m bt refs/notes/blob && "
		      "git rev-parse bt); echo %040d | tr 0 1 >.git/refs/x/missing",
		0);
	assert_ok(open_repository(&repo, "r"));
	assert_ok(odb_open(&odb, &repo));
	assert_ok(refs_load(&refs, &repo));
	main_oid = oid_of("r", "main");
	for (size_t i = 0; i < refs.count; i++)
		assert_ok(ref_peel(&refs.list[i], odb, repo.algo));
	ref = refs_find(&refs, "refs/tags/nested");
	assert_true(ref->peel == PEEL_TAG && oid_equal(&ref->peeled, &main_oid));
	assert_int_equal(refs_find(&refs, "refs/tags/light")->peel, PEEL_NONE);
	assert_int_equal(refs_find(&refs, "refs/x/missing")->peel, PEEL_NONE);
	assert_int_equal(refs_find(&refs, "refs/x/blobtag")->peel, PEEL_TAG);
	refs_free(&refs);
	odb_close(odb);
}

/* A tag of a tag of a tag ... : DEPTH of them. */
static void nest_tags(unsigned depth)
{
	run("cd r; oid=$(git rev-parse main); type=commit; for i in $(seq %u); do "
	    "oid=$(printf 'object %%s\ntype %%s\ntag t\ntagger T <t@t> 0 +0000\n\n' $oid $type | "
	    "git hash-object -t tag -w --stdin); type=tag; done; git update-ref refs/tags/deep "
	    "$oid",
		depth);
}

static void tags_nest_up_to_a_limit(void **state)
{
	struct repo repo;
	struct refs refs;
	struct odb *odb;
	(void)state;

	run(SOME_REFS ":");
	assert_ok(open_repository(&repo, "r"));
	for (int over = 0; over < 2; over++) {
		nest_tags(TAG_DEPTH_MAX + over);
		assert_ok(odb_open(&odb, &repo));
		assert_ok(refs_load(&refs, &repo));
		assert_ok(ref_peel(refs_find(&refs, "refs/tags/deep"), odb, repo.algo));
		assert_int_equal(
			refs_find(&refs, "refs/tags/deep")->peel, over ? PEEL_NONE : PEEL_TAG);
		refs_free(&refs);
		odb_close(odb);
	}
}

static void broken_and_hostile_refs_are_left_out(void **state)
{
	struct repo repo;
	(void)state;

	run(SOME_REFS
		"git pack-refs --all; cd .git/refs/heads; "
		"mkfifo fifo; ln -s /dev/zero zero; ln -s a alias; ln -s .. up; ln -s . here; "
		"truncate -s 5000 huge; echo 12345 >short; : >empty; mkdir -p e/m/p/t/y; "
		"echo 'ref: ../../config' >escape; git rev-parse main >\"$(printf 'esc\\033')\"; "
		"git rev-parse main >new.lock; git rev-parse main >.hidden; git rev-parse main "
		">a..b; "
		"mkdir x.lock; git rev-parse main >x.lock/y; mkdir 'bad dir'; "
		"git rev-parse main >'bad dir/y'; echo %040d >null; git rev-parse main | tr -d "
		"'\\n' >good; "
		"mkdir -p $(printf 'd/%%.0s' $(seq 400))end; "
		"git rev-parse main >$(printf 'd/%%.0s' $(seq 400))end/ref",
		0);
	assert_ok(open_repository(&repo, "r"));
	/* git would wait on the FIFO and follow the links */
	run("mkdir away; cd r/.git/refs/heads; mv fifo zero alias up here ../../../../away");
	assert_refs_as_git(&repo, "r");
	run("mv away/* r/.git/refs/heads");
	{
		struct refs refs;
		assert_ok(refs_load(&refs, &repo));
		assert_null(refs_find(&refs, "refs/heads/zero"));
		assert_null(refs_find(&refs, "refs/heads/alias"));
		assert_null(refs_find(&refs, "refs/heads/up/heads/good"));
		assert_non_null(refs_find(&refs, "refs/heads/good"));
		refs_free(&refs);
	}
}

static void a_broken_loose_ref_hides_the_packed_one(void **state)
{
	struct repo repo;
	struct oid oid;
	bool found;
	(void)state;

	run(SOME_REFS "git pack-refs --all; echo broken >.git/refs/heads/a");
	assert_ok(open_repository(&repo, "r"));
	assert_refs_as_git(&repo, "r");
	assert_fault(ref_read(&repo, "refs/heads/a", &found, &oid), &fault_refs);
}

static void one_ref_is_read_as_it_is_now(void **state)
{
	struct repo repo;
	struct oid oid, expected;
	bool found;
	(void)state;

	run(SOME_REFS "git symbolic-ref refs/heads/link refs/heads/a; "
		      "git symbolic-ref refs/heads/dangling refs/heads/none; git pack-refs --all; "
		      "git update-ref refs/heads/a HEAD~2");
	assert_ok(open_repository(&repo, "r"));
	expected = oid_of("r", "main~2");
	assert_ok(ref_read(&repo, "refs/heads/link", &found, &oid));
	assert_true(found && oid_equal(&oid, &expected));
	expected = oid_of("r", "topic/a/b/c");
	assert_ok(ref_read(&repo, "refs/heads/topic/a/b/c", &found, &oid));
	assert_true(found && oid_equal(&oid, &expected));
	assert_ok(ref_read(&repo, "refs/heads/none", &found, &oid));
	assert_false(found);
	assert_ok(ref_read(&repo, "refs/heads/topic", &found, &oid));
	assert_false(found);
	assert_ok(ref_read(&repo, "refs/heads/dangling", &found, &oid));
	assert_false(found);
}

#define OID "0123456789012345678901234567890123456789"

static void packed_refs_that_do_not_parse_are_a_fault_with_their_line(void **state)
{
	static const struct {
		const char *text, *note;
	} broken[] = {
		{"# comment\n", "packed-refs line 1: not a header"},
		{"# pack-refs with: peeled", "packed-refs line 1: not a header"},
		{OID " refs/heads/a", "packed-refs line 1: unterminated line"},
		{OID "  refs/heads/a\n", NULL},
		{OID "\trefs/heads/a\n", "packed-refs line 1: not an object name and a ref name"},
		{OID " \n", "packed-refs line 1: not an object name and a ref name"},
		{OID " refs/heads/a\nnonsense\n",
			"packed-refs line 2: not an object name and a ref name"},
		{OID " refs/heads/a\n^123\n", "packed-refs line 2: not a peeled object name"},
		{"^" OID "\n", "packed-refs line 1: not an object name and a ref name"},
		{OID " refs/heads/a\n^" OID "\n^" OID "\n",
			"packed-refs line 3: not an object name and a ref name"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct ref_list list = REF_LIST_INIT;
		struct buffer text = BUFFER_INIT;
		buffer_text(&text, broken[i].text);
		assert_fault(packed_refs_list(&list, text, &hash_sha1),
			broken[i].note ? &fault_refs : NULL);
		if (broken[i].note)
			assert_string_equal(fault_detail(&fault_refs), broken[i].note);
		else
			assert_int_equal(list.count, 0);
		ref_list_free(&list);
	}
}

static void unsorted_names_are_sorted_and_doubles_dropped(void **state)
{
	struct ref_list list = REF_LIST_INIT;
	struct buffer text = BUFFER_INIT;
	uint32_t random = 1;
	(void)state;

	for (int i = 0; i < 5000; i++) {
		random = random * 1664525 + 1013904223;
		buffer_format(&text, "%040d refs/heads/%u\n", i + 1, (random >> 8) % 3000);
	}
	assert_ok(packed_refs_list(&list, text, &hash_sha1));
	assert_true(list.count > 2000 && list.count <= 3000);
	for (size_t i = 1; i < list.count; i++)
		assert_true(strcmp(list.list[i - 1].name, list.list[i].name) < 0);
	for (size_t i = 0; i < list.count; i++)
		assert_ptr_equal(
			ref_search(list.list, list.count, list.list[i].name), &list.list[i]);
	ref_list_free(&list);
}

static void loose_refs_say_an_oid_or_a_name(void **state)
{
	static const struct {
		const char *text;
		int kind;
	} cases[] = {
		{OID, LOOSE_OID},
		{OID "\n", LOOSE_OID},
		{OID " x", LOOSE_OID},
		{OID "0", LOOSE_BROKEN},
		{" " OID, LOOSE_BROKEN},
		{"0000000000000000000000000000000000000000\n", LOOSE_BROKEN},
		{"", LOOSE_BROKEN},
		{"ref: refs/heads/x\n", LOOSE_SYMREF},
		{"ref:refs/heads/x", LOOSE_SYMREF},
		{"ref: refs/heads/x y\n", LOOSE_BROKEN},
		{"ref: HEAD\n", LOOSE_BROKEN},
		{"ref: refs/../HEAD\n", LOOSE_BROKEN},
		{"ref:", LOOSE_BROKEN},
	};
	struct loose_ref ref;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		loose_ref_parse(cursor_over_text(cases[i].text), &hash_sha1, &ref);
		assert_int_equal(ref.kind, cases[i].kind);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_enter, scratch_leave)
	const struct CMUnitTest tests[] = {
		TEST(refs_are_read_wherever_git_puts_them),
		TEST(what_git_packed_says_how_tags_peel),
		TEST(tags_are_followed_to_what_they_mark),
		TEST(tags_nest_up_to_a_limit),
		TEST(broken_and_hostile_refs_are_left_out),
		TEST(a_broken_loose_ref_hides_the_packed_one),
		TEST(one_ref_is_read_as_it_is_now),
		cmocka_unit_test(packed_refs_that_do_not_parse_are_a_fault_with_their_line),
		cmocka_unit_test(unsorted_names_are_sorted_and_doubles_dropped),
		cmocka_unit_test(loose_refs_say_an_oid_or_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
