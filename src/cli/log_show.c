/* SPDX-License-Identifier: ISC */
/* cli/log_show.c: touches memory only; every field may be forged, and is escaped. */
#include <string.h>
#include "base/cursor.h"
#include "cli/json.h"
#include "cli/log_show.h"
#include "cli/table.h"
#include "cli/when.h"

#define SHORT_OID 7

static const char *verb_of(const struct journal_entry *entry)
{
	const char *service = entry->values[JOURNAL_VERB];

	if (!service)
		return NULL;
	if (strcmp(service, "git-receive-pack") == 0)
		return "push";
	if (strcmp(service, "git-upload-pack") != 0)
		return service;
	return entry->values[JOURNAL_CLONE] ? "clone" : "fetch";
}

/* --- for people ------------------------------------------------------------------------------- */

static void append_oid(struct buffer *out, struct cursor oid)
{
	size_t len = cursor_left(&oid);

	buffer_append(out, oid.at, len < SHORT_OID ? len : SHORT_OID);
}

/* "OLD NEW refs/heads/x" as "x OLD..NEW" */
static void append_ref(struct buffer *out, const char *text)
{
	struct cursor c = cursor_over_text(text), old, new;

	if (!cursor_until(&c, ' ', &old) || !cursor_until(&c, ' ', &new)) {
		buffer_text(out, text);
		return;
	}
	if (!cursor_literal(&c, "refs/heads/") && cursor_at_end(&c))
		return; /* a ref without a name is nobody's */
	buffer_append(out, c.at, cursor_left(&c));
	buffer_byte(out, ' ');
	append_oid(out, old);
	buffer_text(out, "..");
	append_oid(out, new);
}

static uint64_t number_of(const char *text)
{
	struct cursor c = cursor_over_text(text ? text : "");
	uint64_t number;

	return cursor_decimal(&c, UINT32_MAX, &number) ? number : 0;
}

static void append_refs(struct buffer *out, const struct journal_entry *entry)
{
	size_t shown = entry->ref_count < LOG_SHOW_REFS ? entry->ref_count : LOG_SHOW_REFS;
	uint64_t more = entry->ref_count - shown + number_of(entry->values[JOURNAL_REFS_MORE]);

	for (size_t i = 0; i < shown; i++) {
		buffer_text(out, ", ");
		append_ref(out, entry->refs[i]);
	}
	if (more)
		buffer_format(out, ", %llu more", (unsigned long long)more);
}

static void append_value(struct buffer *out, const struct journal_entry *entry,
	enum journal_field field, const char *before, const char *after)
{
	if (!entry->values[field])
		return;
	buffer_text(out, before);
	buffer_text(out, entry->values[field]);
	buffer_text(out, after);
}

/* "ok, main 1234567..89abcde, 12 objects, 34 ms"; "denied: why" */
static void append_result(struct buffer *out, const struct journal_entry *entry)
{
	append_value(out, entry, JOURNAL_VERDICT, "", "");
	append_value(out, entry, JOURNAL_TEXT, ": ", "");
	append_refs(out, entry);
	append_value(out, entry, JOURNAL_REFS_REFUSED, ", ", " refused");
	append_value(out, entry, JOURNAL_OBJECTS, ", ", " objects");
	append_value(out, entry, JOURNAL_MS, ", ", " ms");
}

static void add_row(struct table *table, const struct journal_entry *entry)
{
	struct buffer text = BUFFER_INIT;

	when_format((int64_t)(entry->us / 1000000), &text);
	table_cell(table, buffer_cstr(&text));
	table_cell(table, entry->values[JOURNAL_USER]);
	table_cell(table, verb_of(entry));
	table_cell(table, entry->values[JOURNAL_REPOSITORY]);
	buffer_reset(&text);
	append_result(&text, entry);
	table_cell(table, buffer_cstr(&text));
	buffer_free(&text);
}

void log_show_text(const struct journal_entries *entries, struct buffer *out)
{
	static const char *const headings[] = {
		"TIME", "USER", "VERB", "REPOSITORY", "RESULT", NULL};
	struct table table = {.headings = headings};

	if (!entries->count)
		return;
	for (size_t i = entries->count; i > 0; i--)
		add_row(&table, &entries->list[i - 1]);
	table_print(&table, cli_bold(), out);
	table_free(&table);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void write_value(
	struct json *json, const struct journal_field_name *field, const char *value)
{
	struct cursor c = cursor_over_text(value);
	uint64_t number;

	if (field->number && cursor_decimal(&c, UINT64_MAX, &number) && cursor_at_end(&c))
		json_number(json, field->json, number);
	else
		json_text(json, field->json, value);
}

static void write_refs(struct json *json, const struct journal_entry *entry)
{
	json_array(json, "refs");
	for (size_t i = 0; i < entry->ref_count; i++) {
		struct cursor c = cursor_over_text(entry->refs[i]), word;
		char oid[65];
		json_object(json, NULL);
		if (cursor_until(&c, ' ', &word) && cursor_copy_text(&word, oid, sizeof oid))
			json_text(json, "old", oid);
		if (cursor_until(&c, ' ', &word) && cursor_copy_text(&word, oid, sizeof oid))
			json_text(json, "new", oid);
		json_text(json, "ref", (const char *)c.at);
		json_end_object(json);
	}
	json_end_array(json);
}

static void write_entry(struct json *json, const struct journal_entry *entry)
{
	json_object(json, NULL);
	json_number(json, "time_us", entry->us);
	json_text(json, "verb", verb_of(entry));
	for (size_t i = 0; i < JOURNAL_FIELDS; i++)
		if (entry->values[i])
			write_value(json, &journal_fields[i], entry->values[i]);
	if (entry->ref_count)
		write_refs(json, entry);
	json_end_object(json);
	json_newline(json);
}

void log_show_json(const struct journal_entries *entries, struct buffer *out)
{
	struct json json = {.out = out};

	for (size_t i = entries->count; i > 0; i--)
		write_entry(&json, &entries->list[i - 1]);
}
