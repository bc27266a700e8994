/* SPDX-License-Identifier: ISC */
/* cli/journal_read.c: sd-journal(3), as whoever calls; reads backwards from the newest entry. */
#include <errno.h>
#include <systemd/sd-journal.h>
#include "base/buffer.h"
#include "base/mem.h"
#include "cli/journal.h"

static const struct fault *failed(int error, const char *what)
{
	return fault_errno(&fault_journal, -error, what);
}

/* FIELD=VALUE must be in what is shown. */
static const struct fault *match(sd_journal *journal, const char *field, const char *value)
{
	struct buffer text = BUFFER_INIT;
	int got;

	buffer_format(&text, "%s=%s", field, value);
	if (buffer_check(&text))
		return &fault_memory;
	got = sd_journal_add_match(journal, text.bytes, text.len);
	buffer_free(&text);
	return got < 0 ? failed(got, field) : NULL;
}

static const struct fault *match_sender(sd_journal *journal, uid_t uid)
{
	struct buffer text = BUFFER_INIT;
	const struct fault *fault;

	buffer_format(&text, "%u", (unsigned)uid);
	fault = match(journal, "_UID", buffer_cstr(&text));
	buffer_free(&text);
	return fault;
}

/* Matches of one field are alternatives, those of different fields must all hold. */
static const struct fault *match_all(sd_journal *journal, const struct journal_query *query)
{
	const struct {
		const char *field, *value;
	} matches[] = {
		{"SYSLOG_IDENTIFIER", "gitcell"},
		{"GITCELL_USER", query->user},
		{"GITCELL_USER", query->user_too},
		{"GITCELL_REPOSITORY", query->repository},
		{"GITCELL_VERB", query->verb},
	};

	for (size_t i = 0; i < sizeof matches / sizeof *matches; i++)
		if (matches[i].value)
			TRY(match(journal, matches[i].field, matches[i].value));
	return query->sender_known ? match_sender(journal, query->sender) : NULL;
}

static const struct fault *read_entry(sd_journal *journal, struct journal_entry *entry)
{
	const void *data;
	size_t len;
	int got;

	SD_JOURNAL_FOREACH_DATA(journal, data, len)
	if (!journal_entry_take(entry, cursor_over(data, len)))
		return &fault_memory;
	got = sd_journal_get_realtime_usec(journal, &entry->us);
	return got < 0 ? failed(got, "the time of an entry") : NULL;
}

/* Is it one of ours, and one that is asked for? Lines without a verdict are systemd's about us. */
static bool wanted(const struct journal_entry *entry, const struct journal_query *query)
{
	return entry->values[JOURNAL_VERDICT] &&
	       (!query->until_us || entry->us < query->until_us) &&
	       (!query->ref || journal_entry_moves(entry, query->ref));
}

static const struct fault *keep(
	struct journal_entries *out, struct journal_entry *entry, const struct journal_query *query)
{
	if (!wanted(entry, query)) {
		journal_entry_free(entry);
		return NULL;
	}
	if (!mem_grow(&out->list, out->count, &out->cap, sizeof *out->list)) {
		journal_entry_free(entry);
		return &fault_memory;
	}
	out->list[out->count++] = *entry;
	return NULL;
}

/* Backwards to the start of the time that is asked for. */
static const struct fault *read_entries(
	sd_journal *journal, const struct journal_query *query, struct journal_entries *out)
{
	int got = query->until_us ? sd_journal_seek_realtime_usec(journal, query->until_us)
				  : sd_journal_seek_tail(journal);

	if (got < 0)
		return failed(got, "seek");
	while ((!query->lines || out->count < query->lines) &&
		(got = sd_journal_previous(journal)) > 0) {
		struct journal_entry entry = {0};
		const struct fault *fault = read_entry(journal, &entry);
		if (fault || entry.us < query->since_us) {
			journal_entry_free(&entry);
			return fault;
		}
		TRY(keep(out, &entry, query));
	}
	return got < 0 ? failed(got, "an entry") : NULL;
}

const struct fault *journal_read(const struct journal_query *query, struct journal_entries *out)
{
	sd_journal *journal = NULL;
	const struct fault *fault;
	int got = query->directory ? sd_journal_open_directory(&journal, query->directory, 0)
				   : sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY);

	*out = (struct journal_entries){0};
	if (got < 0)
		return failed(got, query->directory ? query->directory : "open");
	fault = match_all(journal, query);
	if (!fault)
		fault = read_entries(journal, query, out);
	sd_journal_close(journal);
	if (fault)
		journal_free(out);
	return fault;
}
