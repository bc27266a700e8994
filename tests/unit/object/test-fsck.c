/* SPDX-License-Identifier: ISC */
/* fsck: limits, order and links; that it agrees with git, fsck-differential.py
 * shows */
#include <stdlib.h>
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "object/fsck.h"

#define OID "12345678901234567890"
#define WHO "A U Thor <author@example.com> 1112911993 -0700"
#define HEX "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

/* Collects ids with a blank behind each; stops after so many. */
struct listener {
	struct buffer ids;
	int stop_after;
	enum fsck_level level; /* of the last */
};

static bool listen(void *arg, const struct fsck_message *message)
{
	struct listener *l = arg;

	buffer_format(&l->ids, "%s ", message->id);
	l->level = message->level;
	return --l->stop_after != 0;
}

static void check(enum object_type type, struct cursor content, const char *ids)
{
	struct listener l = {0};

	fsck_object(type, content, &hash_sha1, listen, &l, NULL);
	assert_string_equal(buffer_cstr(&l.ids), ids);
	buffer_free(&l.ids);
}

static void good_objects_are_passed_over(void **state)
{
	(void)state;
	check(OBJECT_TREE, CURSOR(""), "");
	check(OBJECT_TREE, CURSOR("100644 a\0" OID "40000 b\0" OID), "");
	check(OBJECT_COMMIT, CURSOR("tree " HEX "\nauthor " WHO "\ncommitter " WHO "\n\nm\n"), "");
	check(OBJECT_TAG, CURSOR("object " HEX "\ntype tree\ntag v1\ntagger " WHO "\n"), "");
	check(OBJECT_BLOB, CURSOR("tree"), "");
}

static void findings_come_in_the_order_of_git(void **state)
{
	(void)state;
	check(OBJECT_TREE, CURSOR("0100644 ..\0" OID "100644 .\0" OID "777 .git\0" OID),
		"hasDot hasDotdot hasDotgit zeroPaddedFilemode badFilemode treeNotSorted ");
}

static void a_reporter_that_goes_on_hears_of_the_next_line_too(void **state)
{
	(void)state;
	check(OBJECT_COMMIT,
		CURSOR("tree abc\nparent abc\nauthor A\nauthor <\ncommitter A <a>x\n\n\0"),
		"badTreeSha1 badParentSha1 missingEmail missingNameBeforeEmail multipleAuthors "
		"missingSpaceBeforeDate nulInCommit ");
}

static void a_reporter_can_stop(void **state)
{
	struct listener l = {.stop_after = 2};
	(void)state;

	fsck_object(OBJECT_TREE, CURSOR("0100644 ..\0" OID "777 .\0" OID), &hash_sha1, listen, &l,
		NULL);
	assert_string_equal(buffer_cstr(&l.ids), "hasDot hasDotdot ");
	buffer_free(&l.ids);
}

static void the_first_modes_of_git_are_odd_today(void **state)
{
	(void)state;
	check(OBJECT_TREE, CURSOR("100664 a\0" OID), "badFilemode ");
}

static void extra_headers_of_tags_are_mentioned(void **state)
{
	struct cursor tag =
		CURSOR("object " HEX "\ntype tree\ntag v1\ntagger " WHO "\nextra\n\nm\n");
	struct listener l = {0};
	(void)state;

	fsck_object(OBJECT_TAG, tag, &hash_sha1, listen, &l, NULL);
	assert_string_equal(buffer_cstr(&l.ids), "extraHeaderEntry ");
	assert_int_equal(l.level, FSCK_IGNORE);
	buffer_free(&l.ids);
}

static void check_name_of(size_t len, const char *ids)
{
	struct buffer tree = BUFFER_INIT;

	buffer_text(&tree, "100644 ");
	for (size_t i = 0; i < len; i++)
		buffer_byte(&tree, 'a');
	buffer_append(&tree, "\0" OID, 21);
	check(OBJECT_TREE, cursor_over(tree.bytes, tree.len), ids);
	buffer_free(&tree);
}

static void names_may_have_4096_bytes(void **state)
{
	(void)state;
	check_name_of(4096, "");
	check_name_of(4097, "largePathname ");
}

typedef void check_blob(struct cursor content, fsck_report *report, void *arg);

static void check_zeros(check_blob *blob, size_t len, const char *ids)
{
	struct listener l = {0};
	uint8_t *zeros = calloc(1, len);

	assert_non_null(zeros);
	blob(cursor_over(zeros, len), listen, &l);
	assert_string_equal(buffer_cstr(&l.ids), ids);
	buffer_free(&l.ids);
	free(zeros);
}

static void blobs_that_git_reads_have_a_limit(void **state)
{
	(void)state;
	check_zeros(fsck_gitattributes, FSCK_BLOB_MAX, "");
	check_zeros(fsck_gitattributes, FSCK_BLOB_MAX + 1, "gitattributesLarge ");
	check_zeros(fsck_gitmodules, FSCK_BLOB_MAX, "gitmodulesParse ");
	check_zeros(fsck_gitmodules, FSCK_BLOB_MAX + 1, "gitmodulesLarge ");
}

static void check_line_of(size_t len, const char *ids)
{
	struct listener l = {0};
	struct buffer text = BUFFER_INIT;

	buffer_text(&text, "\n");
	for (size_t i = 0; i < len; i++)
		buffer_byte(&text, 'a');
	fsck_gitattributes(cursor_over(text.bytes, text.len), listen, &l);
	assert_string_equal(buffer_cstr(&l.ids), ids);
	buffer_free(&text);
	buffer_free(&l.ids);
}

static void lines_of_attributes_have_a_limit(void **state)
{
	(void)state;
	check_line_of(FSCK_ATTRIBUTES_LINE_MAX, "");
	check_line_of(FSCK_ATTRIBUTES_LINE_MAX + 1, "gitattributesLineLength ");
}

static void link_modules(void *arg, const struct oid *blob)
{
	buffer_format(arg, "modules:%c ", blob->id[0]);
}

static void link_attributes(void *arg, const struct oid *blob)
{
	buffer_format(arg, "attributes:%c ", blob->id[0]);
}

static void files_to_look_at_are_told(void **state)
{
	struct buffer links = BUFFER_INIT;
	struct listener l = {0};
	struct fsck_links tell = {&links, link_modules, link_attributes};
	(void)state;

	fsck_object(OBJECT_TREE,
		CURSOR("100644 .gitattributes\0aaaaaaaaaaaaaaaaaaaa"
		       "120000 .gitmodules\0bbbbbbbbbbbbbbbbbbbb"
		       "100644 GITMOD~1\0cccccccccccccccccccc"),
		&hash_sha1, listen, &l, &tell);
	assert_string_equal(buffer_cstr(&links), "attributes:a modules:c ");
	assert_string_equal(buffer_cstr(&l.ids), "gitmodulesSymlink ");
	buffer_free(&links);
	buffer_free(&l.ids);
}

static void messages_are_found_by_id(void **state)
{
	const struct fsck_message *missing = fsck_message_by_id("gitmodulesMissing");
	(void)state;

	assert_non_null(missing);
	assert_int_equal(missing->level, FSCK_ERROR);
	assert_null(fsck_message_by_id("gitmodulesmissing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_objects_are_passed_over),
		cmocka_unit_test(findings_come_in_the_order_of_git),
		cmocka_unit_test(a_reporter_that_goes_on_hears_of_the_next_line_too),
		cmocka_unit_test(a_reporter_can_stop),
		cmocka_unit_test(the_first_modes_of_git_are_odd_today),
		cmocka_unit_test(extra_headers_of_tags_are_mentioned),
		cmocka_unit_test(names_may_have_4096_bytes),
		cmocka_unit_test(blobs_that_git_reads_have_a_limit),
		cmocka_unit_test(lines_of_attributes_have_a_limit),
		cmocka_unit_test(files_to_look_at_are_told),
		cmocka_unit_test(messages_are_found_by_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
