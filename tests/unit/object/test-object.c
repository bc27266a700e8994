/* SPDX-License-Identifier: ISC */
/* commits, trees and tags, read from memory */
#include "tests/unit/test.h"
#include "object/object.h"

#define ONES "1111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222"
#define ZEROS20 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void types_have_names(void **state)
{
	struct cursor tree = CURSOR("tree"), trees = CURSOR("trees"), none = CURSOR("");
	(void)state;

	assert_string_equal(object_type_name(OBJECT_TAG), "tag");
	assert_null(object_type_name(OBJECT_NONE));
	assert_null(object_type_name(OBJECT_OFS_DELTA));
	assert_int_equal(object_type_by_name(&tree), OBJECT_TREE);
	assert_int_equal(object_type_by_name(&trees), OBJECT_NONE);
	assert_int_equal(object_type_by_name(&none), OBJECT_NONE);
}

static void the_empty_blob_has_its_name(void **state)
{
	char hex[OID_MAX_HEX + 1];
	struct oid oid;
	(void)state;

	assert_true(object_hash(&hash_sha1, OBJECT_BLOB, "", 0, &oid));
	assert_string_equal(
		oid_hex(&oid, &hash_sha1, hex), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

static void a_commit_shows_tree_parents_and_date(void **state)
{
	struct cursor text = CURSOR("tree " ONES "\nparent " TWOS "\nparent " ONES
				    "\nauthor A <a> 5 +0000\ncommitter B > <b> 123 +0100\n\nx\n");
	struct commit_view view;
	struct oid parent;
	(void)state;

	assert_ok(commit_view(text, &hash_sha1, &view));
	assert_int_equal(view.tree.id[19], 0x11);
	assert_int_equal(view.tree.id[20], 0);
	assert_int_equal(view.date, 123);
	assert_true(commit_next_parent(&view, &hash_sha1, &parent));
	assert_int_equal(parent.id[0], 0x22);
	assert_true(commit_next_parent(&view, &hash_sha1, &parent));
	assert_int_equal(parent.id[0], 0x11);
	assert_false(commit_next_parent(&view, &hash_sha1, &parent));
}

static void a_date_that_cannot_be_read_is_zero(void **state)
{
	static const char *const rests[] = {
		"", "\ncommitter B <b> 7\n",  /* the message begins before it */
		"committer B 7 +0000\n",      /* no mail */
		"committer B <b> -7 +0000\n", /* negative */
		"committer B <b> 9223372036854775808 +0000\n", "committer B <b>\n",
		"committer B <b> 7", /* cut off */
	};
	struct commit_view view;
	char text[256];
	(void)state;

	for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
		snprintf(text, sizeof text, "tree " ONES "\n%s", rests[i]);
		assert_ok(commit_view(cursor_over_text(text), &hash_sha1, &view));
		assert_int_equal(view.date, 0);
	}
}

static void a_commit_without_tree_or_with_half_a_parent_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"tree " ONES,
		"tree 111\n",
		"parent " ONES "\ntree " ONES "\n",
		"tree " ONES "\nparent 22\n",
		"tree " ONES "\nparent " TWOS " \n",
		"tree " ONES "\nparent " TWOS "\nparent",
	};
	struct commit_view view;
	(void)state;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_fault(commit_view(cursor_over_text(texts[i]), &hash_sha1, &view),
			&fault_object_syntax);
}

static void a_tree_is_read_entry_by_entry(void **state)
{
	struct cursor tree =
		CURSOR("100644 a b\0" ZEROS20 "40000 d\0" ZEROS20 "160000 s\0" ZEROS20);
	struct tree_entry e;
	(void)state;

	assert_ok(tree_next(&tree, &hash_sha1, &e));
	assert_true(cursor_is(&e.name, "a b") && e.mode == 0100644);
	assert_false(mode_is_tree(e.mode) || mode_is_gitlink(e.mode));
	assert_ok(tree_next(&tree, &hash_sha1, &e));
	assert_true(mode_is_tree(e.mode));
	assert_ok(tree_next(&tree, &hash_sha1, &e));
	assert_true(mode_is_gitlink(e.mode));
	assert_true(cursor_at_end(&tree));
}

static void bad_tree_entries_are_refused(void **state)
{
	struct cursor trees[] = {
		CURSOR("100644 \0" ZEROS20),       /* no name */
		CURSOR(" a\0" ZEROS20),            /* no mode */
		CURSOR("100648 a\0" ZEROS20),      /* not octal */
		CURSOR("40000000000 a\0" ZEROS20), /* over 32 bits */
		CURSOR("100644 a"),                /* no NUL */
		CURSOR("100644 a\0abc"),           /* half an oid */
		CURSOR("100644a\0" ZEROS20),       /* no space */
	};
	struct tree_entry e;
	(void)state;

	for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
		struct cursor before = trees[i];
		assert_fault(tree_next(&trees[i], &hash_sha1, &e), &fault_object_syntax);
		assert_ptr_equal(trees[i].at, before.at);
	}
}

static void a_mode_of_32_bits_is_still_read(void **state)
{
	struct cursor tree = CURSOR("37777777777 a\0" ZEROS20);
	struct tree_entry e;
	(void)state;

	assert_ok(tree_next(&tree, &hash_sha1, &e));
	assert_true(e.mode == UINT32_MAX);
}

static void a_tag_shows_its_target(void **state)
{
	struct cursor text = CURSOR("object " ONES "\ntype commit\ntag v1\n\nmessage\n");
	struct tag_view view;
	(void)state;

	assert_ok(tag_view(text, &hash_sha1, &view));
	assert_int_equal(view.type, OBJECT_COMMIT);
	assert_int_equal(view.target.id[0], 0x11);
}

static void bad_tags_are_refused(void **state)
{
	static const char *const texts[] = {
		"object " ONES "\ntype commits\ntag v\n",
		"object " ONES "\ntype commit",
		"object " ONES "\ntag v\n",
		"object " ONES "\ntype commit\n\n",
		"type commit\n",
	};
	struct tag_view view;
	(void)state;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_fault(tag_view(cursor_over_text(texts[i]), &hash_sha1, &view),
			&fault_object_syntax);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(the_empty_blob_has_its_name),
		cmocka_unit_test(a_commit_shows_tree_parents_and_date),
		cmocka_unit_test(a_date_that_cannot_be_read_is_zero),
		cmocka_unit_test(a_commit_without_tree_or_with_half_a_parent_is_refused),
		cmocka_unit_test(a_tree_is_read_entry_by_entry),
		cmocka_unit_test(bad_tree_entries_are_refused),
		cmocka_unit_test(a_mode_of_32_bits_is_still_read),
		cmocka_unit_test(a_tag_shows_its_target),
		cmocka_unit_test(bad_tags_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
