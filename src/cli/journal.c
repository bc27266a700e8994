/* SPDX-License-Identifier: ISC */
/* cli/journal.c: one entry, in memory; its fields may be anybody's. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/journal.h"

const struct fault fault_journal = {BLAME_HOST, "cannot read the journal"};

const struct journal_field_name journal_fields[JOURNAL_FIELDS] = {
	[JOURNAL_USER] = {"GITCELL_USER", "user", false},
	[JOURNAL_RELAY] = {"GITCELL_RELAY", "relay", false},
	[JOURNAL_UID] = {"GITCELL_UID", "uid", true},
	[JOURNAL_VERB] = {"GITCELL_VERB", "service", false},
	[JOURNAL_REPOSITORY] = {"GITCELL_REPOSITORY", "repository", false},
	[JOURNAL_PROTOCOL] = {"GITCELL_PROTOCOL", "protocol", true},
	[JOURNAL_VERDICT] = {"GITCELL_VERDICT", "verdict", false},
	[JOURNAL_BLAME] = {"GITCELL_BLAME", "blame", false},
	[JOURNAL_TEXT] = {"GITCELL_TEXT", "text", false},
	[JOURNAL_CLONE] = {"GITCELL_CLONE", "clone", false},
	[JOURNAL_REFS_MOVED] = {"GITCELL_REFS_MOVED", "refs_moved", true},
	[JOURNAL_REFS_REFUSED] = {"GITCELL_REFS_REFUSED", "refs_refused", true},
	[JOURNAL_REFS_MORE] = {"GITCELL_REFS_MORE", "refs_more", true},
	[JOURNAL_OBJECTS] = {"GITCELL_OBJECTS", "objects", true},
	[JOURNAL_PACK_BYTES] = {"GITCELL_PACK_BYTES", "pack_bytes", true},
	[JOURNAL_BYTES_IN] = {"GITCELL_BYTES_IN", "bytes_in", true},
	[JOURNAL_BYTES_OUT] = {"GITCELL_BYTES_OUT", "bytes_out", true},
	[JOURNAL_MS] = {"GITCELL_MS", "ms", true},
	[JOURNAL_LANDLOCK] = {"GITCELL_LANDLOCK", "landlock", true},
	[JOURNAL_SECCOMP] = {"GITCELL_SECCOMP", "seccomp", false},
	[JOURNAL_AGENT] = {"GITCELL_AGENT", "agent", false},
};

static bool add_ref(struct journal_entry *entry, struct cursor value)
{
	if (!mem_grow(&entry->refs, entry->ref_count, &entry->ref_cap, sizeof *entry->refs))
		return false;
	entry->refs[entry->ref_count] = mem_text(value.at, cursor_left(&value));
	return entry->refs[entry->ref_count++] != NULL;
}

/* Of a field that comes twice, which ours does not, the first counts. */
bool journal_entry_take(struct journal_entry *entry, struct cursor data)
{
	struct cursor name;

	if (!cursor_until(&data, '=', &name))
		return true;
	if (cursor_is(&name, "GITCELL_REF"))
		return add_ref(entry, data);
	for (size_t i = 0; i < JOURNAL_FIELDS; i++) {
		if (cursor_is(&name, journal_fields[i].journal) && !entry->values[i]) {
			entry->values[i] = mem_text(data.at, cursor_left(&data));
			return entry->values[i] != NULL;
		}
	}
	return true;
}

static bool is_ref(struct cursor name, const char *ref)
{
	static const char *const prefixes[] = {"", "refs/heads/", "refs/tags/"};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		struct cursor rest = name;
		if (cursor_literal(&rest, prefixes[i]) && cursor_is(&rest, ref))
			return true;
	}
	return false;
}

bool journal_entry_moves(const struct journal_entry *entry, const char *ref)
{
	for (size_t i = 0; i < entry->ref_count; i++) {
		struct cursor c = cursor_over_text(entry->refs[i]), word;
		if (cursor_until(&c, ' ', &word) && cursor_until(&c, ' ', &word) && is_ref(c, ref))
			return true;
	}
	return false;
}

void journal_entry_free(struct journal_entry *entry)
{
	for (size_t i = 0; i < JOURNAL_FIELDS; i++)
		free(entry->values[i]);
	for (size_t i = 0; i < entry->ref_count; i++)
		free(entry->refs[i]);
	free(entry->refs);
	*entry = (struct journal_entry){0};
}

void journal_free(struct journal_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		journal_entry_free(&entries->list[i]);
	free(entries->list);
	*entries = (struct journal_entries){0};
}
