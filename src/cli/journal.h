/* SPDX-License-Identifier: ISC */
/*
 * cli/journal.h: connections as the journal remembers them; the fields are those that
 * cell/log_format.c writes. journal_none.c stands in when gitcell is built without libsystemd.
 *
 * Anybody on a machine may write an entry that looks like ours; only journald itself says whose
 * uid it came from, and by that the server's entries are told from others.
 */
#ifndef CLI_JOURNAL_H
#define CLI_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/fault.h"
#include "wire/request.h"

/* The fields that are shown, in the order of journal_fields. */
enum journal_field {
	JOURNAL_USER,
	JOURNAL_RELAY,
	JOURNAL_UID,
	JOURNAL_VERB,
	JOURNAL_REPOSITORY,
	JOURNAL_PROTOCOL,
	JOURNAL_VERDICT,
	JOURNAL_BLAME,
	JOURNAL_TEXT,
	JOURNAL_CLONE,
	JOURNAL_REFS_MOVED,
	JOURNAL_REFS_REFUSED,
	JOURNAL_REFS_MORE,
	JOURNAL_OBJECTS,
	JOURNAL_PACK_BYTES,
	JOURNAL_BYTES_IN,
	JOURNAL_BYTES_OUT,
	JOURNAL_MS,
	JOURNAL_LANDLOCK,
	JOURNAL_SECCOMP,
	JOURNAL_AGENT,
	JOURNAL_FIELDS,
};

extern const struct journal_field_name {
	const char *journal; /* "GITCELL_USER" */
	const char *json;    /* "user" */
	bool number;
} journal_fields[JOURNAL_FIELDS];

struct journal_entry {
	uint64_t us;                  /* CLOCK_REALTIME, when journald got it */
	char *values[JOURNAL_FIELDS]; /* NULL: the entry has none */
	char **refs;                  /* "OLD NEW REF" each */
	size_t ref_count, ref_cap;
};

struct journal_entries {
	struct journal_entry *list; /* newest first */
	size_t count, cap;
};

/* What is asked for; NULL and 0 leave it open. */
struct journal_query {
	const char *directory; /* of journal files, instead of this machine's journal */
	bool sender_known;     /* then only entries from this uid: */
	uid_t sender;
	const char *user, *user_too; /* either of the two */
	const char *repository;      /* as logged: canonical and escaped */
	const char *ref;             /* full, or what follows refs/heads/ or refs/tags/ */
	const char *verb;            /* "git-receive-pack" */
	uint64_t since_us, until_us; /* from the first, and before the second */
	size_t lines;                /* the newest of them */
};

extern const struct fault fault_journal; /* host */

const struct fault *journal_read(
	const struct journal_query *query, struct journal_entries *out) MUST_USE;
void journal_free(struct journal_entries *entries);
void journal_entry_free(struct journal_entry *entry);

/* Adds "FIELD=VALUE" to ENTRY, if it is a field that is shown; false without memory. */
bool journal_entry_take(struct journal_entry *entry, struct cursor data) MUST_USE;

/* Does ENTRY move REF? */
bool journal_entry_moves(const struct journal_entry *entry, const char *ref);

#endif
