/* SPDX-License-Identifier: ISC */
/*
 * cell/log_format.c: the line of a connection, for people (logfmt) and for the journal (fields).
 * Any stage; touches memory only. One table says what both are made of.
 */
#include <string.h>
#include <syslog.h>
#include "cell/log.h"

const char *log_verdict(const struct fault *fault)
{
	if (!fault)
		return "ok";
	return fault->blame == BLAME_POLICY ? "denied" : "fault";
}

int log_priority(const struct fault *fault)
{
	static const int priorities[] = {
		[BLAME_PEER] = LOG_NOTICE,
		[BLAME_POLICY] = LOG_NOTICE,
		[BLAME_REPOSITORY] = LOG_ERR,
		[BLAME_HOST] = LOG_ERR,
		[BLAME_US] = LOG_ERR,
	};

	return fault ? priorities[fault->blame] : LOG_INFO;
}

/* Appends the value of a field, or nothing if it is not known. */
typedef void field_value(const struct log_record *record, struct buffer *out);

static void escaped_text(const char *text, struct buffer *out)
{
	if (text)
		buffer_escaped(out, text, strlen(text));
}

static void number(uint64_t value, struct buffer *out)
{
	if (value)
		buffer_format(out, "%llu", (unsigned long long)value);
}

static void value_user(const struct log_record *record, struct buffer *out)
{
	escaped_text(record->who, out);
}

static void value_relay(const struct log_record *record, struct buffer *out)
{
	escaped_text(record->relay, out);
}

static void value_uid(const struct log_record *record, struct buffer *out)
{
	if (record->uid != (uid_t)-1)
		buffer_format(out, "%u", (unsigned)record->uid);
}

static void value_pid(const struct log_record *record, struct buffer *out)
{
	number(record->pid > 0 ? (uint64_t)record->pid : 0, out);
}

static void value_verb(const struct log_record *record, struct buffer *out)
{
	escaped_text(record->service, out);
}

static void value_repository(const struct log_record *record, struct buffer *out)
{
	escaped_text(record->repository, out);
}

static void value_protocol(const struct log_record *record, struct buffer *out)
{
	if (record->protocol >= 0)
		buffer_format(out, "%d", record->protocol);
}

static void value_verdict(const struct log_record *record, struct buffer *out)
{
	buffer_text(out, log_verdict(record->fault));
}

static void value_blame(const struct log_record *record, struct buffer *out)
{
	if (record->fault)
		buffer_text(out, blame_name(record->fault->blame));
}

static void value_text(const struct log_record *record, struct buffer *out)
{
	const char *detail = fault_detail(record->fault);

	if (!record->fault)
		return;
	escaped_text(record->fault->text, out);
	if (*detail)
		buffer_text(out, ": ");
	escaped_text(detail, out);
}

static void value_moved(const struct log_record *record, struct buffer *out)
{
	if (record->outcome)
		number(record->outcome->refs_moved, out);
}

static void value_refused(const struct log_record *record, struct buffer *out)
{
	if (record->outcome)
		number(record->outcome->refs_refused, out);
}

static void value_objects(const struct log_record *record, struct buffer *out)
{
	if (record->outcome)
		number(record->outcome->objects, out);
}

static void value_reused(const struct log_record *record, struct buffer *out)
{
	if (record->outcome)
		number(record->outcome->objects_reused, out);
}

static void value_pack(const struct log_record *record, struct buffer *out)
{
	if (record->outcome)
		number(record->outcome->pack_bytes, out);
}

static void value_clone(const struct log_record *record, struct buffer *out)
{
	if (record->outcome && record->outcome->cloned)
		buffer_text(out, "yes");
}

static void value_agent(const struct log_record *record, struct buffer *out)
{
	if (record->outcome)
		escaped_text(record->outcome->agent, out);
}

static void value_in(const struct log_record *record, struct buffer *out)
{
	buffer_format(out, "%llu", (unsigned long long)record->bytes_in);
}

static void value_out(const struct log_record *record, struct buffer *out)
{
	buffer_format(out, "%llu", (unsigned long long)record->bytes_out);
}

static void value_ms(const struct log_record *record, struct buffer *out)
{
	buffer_format(out, "%llu", (unsigned long long)record->ms);
}

static void value_landlock(const struct log_record *record, struct buffer *out)
{
	if (record->fences)
		buffer_format(out, "%d", record->fences->landlock_abi);
}

static void value_seccomp(const struct log_record *record, struct buffer *out)
{
	if (record->fences)
		buffer_text(out, record->fences->seccomp ? "yes" : "no");
}

/* In the order of the line. */
static const struct field {
	const char *key;     /* in the line */
	const char *journal; /* in the journal */
	bool quoted;
	field_value *value;
} fields[] = {
	{"user", "GITCELL_USER", true, value_user},
	{"relay", "GITCELL_RELAY", true, value_relay},
	{"uid", "GITCELL_UID", false, value_uid},
	{"pid", "GITCELL_PEER_PID", false, value_pid},
	{"verb", "GITCELL_VERB", false, value_verb},
	{"repository", "GITCELL_REPOSITORY", true, value_repository},
	{"protocol", "GITCELL_PROTOCOL", false, value_protocol},
	{"verdict", "GITCELL_VERDICT", false, value_verdict},
	{"blame", "GITCELL_BLAME", false, value_blame},
	{"text", "GITCELL_TEXT", true, value_text},
	{"clone", "GITCELL_CLONE", false, value_clone},
	{"moved", "GITCELL_REFS_MOVED", false, value_moved},
	{"refused", "GITCELL_REFS_REFUSED", false, value_refused},
	{"objects", "GITCELL_OBJECTS", false, value_objects},
	{"reused", "GITCELL_OBJECTS_REUSED", false, value_reused},
	{"pack", "GITCELL_PACK_BYTES", false, value_pack},
	{"in", "GITCELL_BYTES_IN", false, value_in},
	{"out", "GITCELL_BYTES_OUT", false, value_out},
	{"ms", "GITCELL_MS", false, value_ms},
	{"landlock", "GITCELL_LANDLOCK", false, value_landlock},
	{"seccomp", "GITCELL_SECCOMP", false, value_seccomp},
	{"agent", "GITCELL_AGENT", true, value_agent},
};

#define FIELD_COUNT (sizeof fields / sizeof *fields)

/* BEFORE, what FIELD says of RECORD, AFTER; or nothing at all. */
static void append_field(const struct log_record *record, const struct field *field,
	const char *before, const char *name, const char *after, struct buffer *out)
{
	struct buffer value = {.limit = LOG_LINE_MAX};

	field->value(record, &value);
	if (value.len) {
		buffer_format(out, "%s%s=", before, name);
		buffer_text(out, after);
		buffer_append(out, value.bytes, value.len);
		buffer_text(out, after);
	}
	buffer_free(&value);
}

/* "OLD NEW NAME", escaped. */
static void format_ref(
	const struct ref_move *move, const struct hash_algo *algo, struct buffer *out)
{
	char old_hex[OID_MAX_HEX + 1], new_hex[OID_MAX_HEX + 1];

	buffer_format(out, "%s %s ", oid_hex(&move->old_oid, algo, old_hex),
		oid_hex(&move->new_oid, algo, new_hex));
	buffer_escaped(out, move->name, strnlen(move->name, sizeof move->name));
}

/*
 * Each ref between BEFORE and AFTER, up to LOG_REFS_MAX of them and while OUT stays below LIMIT;
 * returns how many were left out.
 */
static size_t append_refs(const struct log_record *record, const char *before, const char *after,
	size_t limit, struct buffer *out)
{
	size_t count = record->moves && record->algo ? record->moves->count : 0, i;
	struct buffer ref = BUFFER_INIT;

	for (i = 0; i < count && i < LOG_REFS_MAX; i++) {
		buffer_reset(&ref);
		buffer_text(&ref, before);
		format_ref(&record->moves->list[i], record->algo, &ref);
		buffer_text(&ref, after);
		if (out->len + ref.len > limit)
			break;
		buffer_append(out, ref.bytes, ref.len);
	}
	buffer_free(&ref);
	return count - i;
}

void log_format_line(const struct log_record *record, struct buffer *out)
{
	size_t more;

	for (size_t i = 0; i < FIELD_COUNT; i++)
		append_field(record, &fields[i], out->len ? " " : "", fields[i].key,
			fields[i].quoted ? "\"" : "", out);
	more = append_refs(record, " ref=\"", "\"", LOG_LINE_MAX - 64, out);
	if (more)
		buffer_format(out, " more-refs=%zu", more);
}

/* One sentence for "journalctl": what happened, to whom, and why. */
static void format_message(const struct log_record *record, struct buffer *out)
{
	buffer_text(out, "MESSAGE=");
	value_verdict(record, out);
	buffer_text(out, ": ");
	if (record->service) {
		value_verb(record, out);
		buffer_text(out, " ");
	}
	if (record->repository) {
		value_repository(record, out);
		buffer_text(out, " ");
	}
	buffer_text(out, "for ");
	escaped_text(record->who ? record->who : "nobody known", out);
	if (record->fault) {
		buffer_text(out, ": ");
		value_text(record, out);
	}
	if (record->outcome && record->outcome->refs_moved)
		buffer_format(out, " (%u refs moved)", record->outcome->refs_moved);
	buffer_byte(out, '\n');
}

void log_format_journal(const struct log_record *record, struct buffer *out)
{
	size_t more;

	format_message(record, out);
	buffer_format(out, "PRIORITY=%d\nSYSLOG_IDENTIFIER=gitcell\n", log_priority(record->fault));
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		size_t before = out->len;
		append_field(record, &fields[i], "", fields[i].journal, "", out);
		if (out->len > before)
			buffer_byte(out, '\n');
	}
	more = append_refs(record, "GITCELL_REF=", "\n", LOG_DATAGRAM_MAX - 64, out);
	if (more)
		buffer_format(out, "GITCELL_REFS_MORE=%zu\n", more);
}
