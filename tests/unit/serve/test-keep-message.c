/* SPDX-License-Identifier: ISC */
/* keep_message, colleague */
#include <sys/socket.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "serve/colleague.h"

static struct keep_message an_update(const char *name)
{
	struct keep_message m = {.kind = KEEP_UPDATE};

	memset(m.update.old_oid.id, 1, 20);
	memset(m.update.new_oid.id, 2, 20);
	snprintf(m.update.name, sizeof m.update.name, "%s", name);
	return m;
}

static void parse_one(struct buffer *b, struct keep_message *out)
{
	struct cursor bytes = cursor_over(b->bytes, b->len);
	bool whole;

	assert_ok(keep_message_parse(&bytes, out, &whole));
	assert_true(whole);
	assert_true(cursor_at_end(&bytes));
}

static void what_is_said_is_what_is_heard(void **state)
{
	struct keep_message said = an_update("refs/heads/x"), heard;
	struct buffer b = BUFFER_INIT;
	(void)state;

	keep_message_format(&b, &said);
	parse_one(&b, &heard);
	assert_int_equal(heard.kind, KEEP_UPDATE);
	assert_string_equal(heard.update.name, "refs/heads/x");
	assert_true(oid_equal(&heard.update.new_oid, &said.update.new_oid));

	buffer_reset(&b);
	said = (struct keep_message){.kind = KEEP_PACK, .pack = {{{7}}, 3, 1ull << 40}};
	keep_message_format(&b, &said);
	parse_one(&b, &heard);
	assert_true(heard.pack.count == 3 && heard.pack.bytes == 1ull << 40);

	buffer_reset(&b);
	said = (struct keep_message){.kind = KEEP_STATS, .stats = {9, 8, 7, "git/2"}};
	keep_message_format(&b, &said);
	parse_one(&b, &heard);
	assert_true(heard.stats.bytes == 9 && heard.stats.objects == 8);
	assert_true(heard.stats.refused == 7);
	assert_string_equal(heard.stats.agent, "git/2");
	buffer_free(&b);
}

static void the_longest_name_fits_into_a_message(void **state)
{
	struct keep_message said = {.kind = KEEP_UPDATE}, heard;
	struct buffer b = BUFFER_INIT;
	(void)state;

	memset(said.update.name, 'n', REFNAME_MAX);
	keep_message_format(&b, &said);
	assert_true(b.len - 2 <= KEEP_MESSAGE_MAX);
	parse_one(&b, &heard);
	assert_int_equal(strlen(heard.update.name), REFNAME_MAX);
	buffer_free(&b);
}

static void part_of_a_message_is_not_yet_one(void **state)
{
	struct keep_message said = an_update("refs/heads/x"), heard;
	struct buffer b = BUFFER_INIT;
	bool whole = true;
	(void)state;

	keep_message_format(&b, &said);
	for (size_t len = 0; len < b.len; len++) {
		struct cursor bytes = cursor_over(b.bytes, len);
		assert_ok(keep_message_parse(&bytes, &heard, &whole));
		assert_false(whole);
		assert_int_equal(cursor_left(&bytes), len);
	}
	buffer_free(&b);
}

static void refuse(const void *bytes, size_t len)
{
	struct cursor cursor = cursor_over(bytes, len);
	struct keep_message heard;
	bool whole;

	assert_fault(keep_message_parse(&cursor, &heard, &whole), &fault_keep_message);
}

static void a_message_of_the_wrong_shape_is_refused(void **state)
{
	(void)state;

	refuse("\0\0", 2);       /* no kind */
	refuse("\5\1", 2);       /* 1281 bytes: one over KEEP_MESSAGE_MAX */
	refuse("\0\1\0", 3);     /* kind 0 */
	refuse("\0\1\7", 3);     /* a kind too many */
	refuse("\0\2\4\0", 4);   /* DONE with a body */
	refuse("\0\1\6", 3);     /* RESULT without a code */
	refuse("\0\2\6\x7f", 4); /* RESULT with a code that is none */
	refuse("\0\3\2\0\0", 5); /* UPDATE cut short */
}

static void an_agent_with_a_control_byte_is_refused(void **state)
{
	struct keep_message said = {.kind = KEEP_STATS, .stats = {0, 0, 0, "a\033b"}};
	struct buffer b = BUFFER_INIT;
	(void)state;

	keep_message_format(&b, &said);
	refuse(b.bytes, b.len);
	buffer_free(&b);
}

static void a_name_with_a_nul_inside_is_refused(void **state)
{
	struct keep_message said = an_update("refs/heads/x");
	struct buffer b = BUFFER_INIT;
	(void)state;

	keep_message_format(&b, &said);
	b.bytes[b.len - 2] = '\0';
	refuse(b.bytes, b.len);
	buffer_free(&b);
}

static void every_code_has_words_or_is_success(void **state)
{
	(void)state;

	for (unsigned code = KEEP_FUNNY_REFNAME; code < KEEP_CODE_COUNT; code++) {
		assert_non_null(keep_code_refusal(code));
		assert_int_equal(keep_code_of(keep_code_refusal(code)), code);
	}
	assert_null(keep_code_refusal(KEEP_OK));
	assert_int_equal(keep_code_of(NULL), KEEP_OK);
	assert_int_equal(keep_code_of("something new"), KEEP_FAILED);
}

static void messages_cross_a_socket_in_order(void **state)
{
	static struct colleague left, right;
	struct keep_message said, heard;
	char name[64];
	int pair[2];
	(void)state;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	colleague_init(&left, pair[0]);
	colleague_init(&right, pair[1]);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "refs/heads/%d", i);
		said = an_update(name);
		assert_ok(colleague_send(&left, &said));
	}
	assert_ok(colleague_flush(&left));
	close(pair[0]);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "refs/heads/%d", i);
		assert_ok(colleague_receive(&right, &heard));
		assert_string_equal(heard.update.name, name);
	}
	assert_fault(colleague_receive(&right, &heard), &fault_colleague);
	close(pair[1]);
	colleague_free(&left);
	colleague_free(&right);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_what_is_heard),
		cmocka_unit_test(the_longest_name_fits_into_a_message),
		cmocka_unit_test(part_of_a_message_is_not_yet_one),
		cmocka_unit_test(a_message_of_the_wrong_shape_is_refused),
		cmocka_unit_test(an_agent_with_a_control_byte_is_refused),
		cmocka_unit_test(a_name_with_a_nul_inside_is_refused),
		cmocka_unit_test(every_code_has_words_or_is_success),
		cmocka_unit_test(messages_cross_a_socket_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
