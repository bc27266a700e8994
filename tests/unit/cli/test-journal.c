/* SPDX-License-Identifier: ISC */
/* journal, log_show: an entry as the server writes it, and as somebody forges it */
#include <stdlib.h>
#include <time.h>
#include "tests/unit/test.h"
#include "base/hash.h"
#include "cell/log.h"
#include "cli/log_show.h"

#define OLD "1111111111111111111111111111111111111111"
#define NEW "2222222222222222222222222222222222222222"

static void take(struct journal_entry *entry, const char *data)
{
	assert_true(journal_entry_take(entry, cursor_over_text(data)));
}

static struct journal_entries one(struct journal_entry *entry)
{
	return (struct journal_entries){.list = entry, .count = 1};
}

static void a_push_is_one_line(void **state)
{
	struct journal_entry entry = {.us = 1795304063000000};
	struct journal_entries entries = one(&entry);
	struct buffer out = BUFFER_INIT;
	(void)state;

	take(&entry, "GITCELL_USER=alice");
	take(&entry, "GITCELL_VERB=git-receive-pack");
	take(&entry, "GITCELL_REPOSITORY=team/x");
	take(&entry, "GITCELL_VERDICT=ok");
	take(&entry, "GITCELL_MS=34");
	take(&entry, "GITCELL_REF=" OLD " " NEW " refs/heads/main");
	take(&entry, "GITCELL_REF=" OLD " " NEW " refs/tags/v1");
	take(&entry, "MESSAGE=not shown");
	log_show_text(&entries, &out);
	assert_string_equal(buffer_cstr(&out),
		"TIME                 USER   VERB  REPOSITORY  RESULT\n"
		"2026-11-21 23:34:23  alice  push  team/x      ok, main 1111111..2222222, "
		"refs/tags/v1 1111111..2222222, 34 ms\n");
	buffer_reset(&out);
	log_show_json(&entries, &out);
	assert_string_equal(buffer_cstr(&out),
		"{\"time_us\":1795304063000000,\"verb\":\"push\",\"user\":\"alice\","
		"\"service\":\"git-receive-pack\",\"repository\":\"team/x\",\"verdict\":\"ok\","
		"\"ms\":34,\"refs\":[{\"old\":\"" OLD "\",\"new\":\"" NEW
		"\",\"ref\":\"refs/heads/main\"},{\"old\":\"" OLD "\",\"new\":\"" NEW
		"\",\"ref\":\"refs/tags/v1\"}]}\n");
	journal_entry_free(&entry);
	buffer_free(&out);
}

static void many_refs_are_counted(void **state)
{
	struct journal_entry entry = {.us = 0};
	struct journal_entries entries = one(&entry);
	struct buffer out = BUFFER_INIT;
	(void)state;

	for (int i = 0; i < LOG_SHOW_REFS + 2; i++)
		take(&entry, "GITCELL_REF=a b refs/heads/x");
	take(&entry, "GITCELL_REFS_MORE=10");
	take(&entry, "GITCELL_VERDICT=ok");
	log_show_text(&entries, &out);
	assert_non_null(strstr(buffer_cstr(&out), "ok, x a..b, x a..b, x a..b, 12 more\n"));
	journal_entry_free(&entry);
	buffer_free(&out);
}

static void a_ref_is_found_by_its_full_or_short_name(void **state)
{
	struct journal_entry entry = {.us = 0};
	(void)state;

	take(&entry, "GITCELL_REF=" OLD " " NEW " refs/heads/topic/x");
	take(&entry, "GITCELL_REF=" OLD " " NEW " refs/tags/v1");
	assert_true(journal_entry_moves(&entry, "refs/heads/topic/x"));
	assert_true(journal_entry_moves(&entry, "topic/x"));
	assert_true(journal_entry_moves(&entry, "v1"));
	assert_false(journal_entry_moves(&entry, "x"));
	assert_false(journal_entry_moves(&entry, "refs/heads/v1"));
	assert_false(journal_entry_moves(&entry, ""));
	journal_entry_free(&entry);
}

static void what_is_forged_is_escaped_and_nothing_worse(void **state)
{
	static const char *const forged[] = {"GITCELL_REF=", "GITCELL_REF=a", "GITCELL_REF=a b",
		"GITCELL_REF=a b ", "GITCELL_REF=a b refs/heads/", "GITCELL_USER=\033]0;x\007",
		"GITCELL_MS=many", "GITCELL_REFS_MORE=-1", "=", "", "GITCELL_USER", "GITCELL_=x"};
	struct journal_entry entry = {.us = UINT64_MAX};
	struct journal_entries entries = one(&entry);
	struct buffer out = BUFFER_INIT;
	(void)state;

	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
		take(&entry, forged[i]);
	log_show_text(&entries, &out);
	assert_null(strchr(buffer_cstr(&out), '\033'));
	assert_non_null(strstr(buffer_cstr(&out), "\\x1b]0;x\\x07"));
	buffer_reset(&out);
	log_show_json(&entries, &out);
	assert_null(strchr(buffer_cstr(&out), '\033'));
	assert_non_null(strstr(buffer_cstr(&out), "\"ms\":\"many\""));
	journal_entry_free(&entry);
	buffer_free(&out);
}

/* Takes every field of what the server would send to journald. */
static void take_all(struct journal_entry *entry, struct cursor text)
{
	struct cursor line;

	while (cursor_until(&text, '\n', &line))
		assert_true(journal_entry_take(entry, line));
	assert_true(cursor_at_end(&text));
}

static void fields_have_the_names_that_the_server_gives_them(void **state)
{
	struct fences fences = {.landlock_abi = 7, .seccomp = true};
	struct outcome outcome = {.refs_moved = 1,
		.refs_refused = 2,
		.objects = 3,
		.pack_bytes = 5,
		.cloned = true,
		.agent = "git/2.39.5"};
	struct log_record record = {.who = "alice",
		.relay = "git",
		.uid = 1000,
		.service = "git-upload-pack",
		.repository = "a",
		.protocol = 2,
		.fault = &fault_memory,
		.outcome = &outcome,
		.ms = 9,
		.fences = &fences};
	struct journal_entry entry = {.us = 0};
	struct buffer text = BUFFER_INIT;
	(void)state;

	log_format_journal(&record, &text);
	take_all(&entry, cursor_over(text.bytes, text.len));
	for (int i = 0; i < JOURNAL_FIELDS; i++)
		if (!entry.values[i] && i != JOURNAL_REFS_MORE)
			fail_msg("the server writes no %s", journal_fields[i].journal);
	journal_entry_free(&entry);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_is_one_line),
		cmocka_unit_test(many_refs_are_counted),
		cmocka_unit_test(a_ref_is_found_by_its_full_or_short_name),
		cmocka_unit_test(what_is_forged_is_escaped_and_nothing_worse),
		cmocka_unit_test(fields_have_the_names_that_the_server_gives_them),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
