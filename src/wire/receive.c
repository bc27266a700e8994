/* SPDX-License-Identifier: ISC */
/* wire/receive.c: the commands of a push and the report on them. Stage parser. */
#include "wire/pkt.h"
#include "wire/quote.h"
#include "wire/receive.h"

const struct fault fault_command_syntax = {BLAME_PEER, "protocol error: expected old/new/ref"};

const struct fault *ref_command_parse(struct cursor line, const struct hash_algo *algo,
	struct ref_command *out, struct cursor *caps)
{
	struct cursor rest = line, text;

	cursor_chomp(&rest);
	if (!cursor_until(&rest, '\0', &text))
		text = cursor_rest(&rest);
	*caps = rest;
	rest = text;
	if (!cursor_oid_hex(&rest, algo, &out->old_oid) || !cursor_literal(&rest, " ") ||
		!cursor_oid_hex(&rest, algo, &out->new_oid) || !cursor_literal(&rest, " ") ||
		cursor_at_end(&rest) || !cursor_copy_text(&rest, out->name, sizeof out->name))
		return fault_quote(&fault_command_syntax, "got ", text);
	return NULL;
}

void report_unpack(struct buffer *b, const char *error)
{
	pkt_format(b, "unpack %s\n", error ? error : "ok");
}

void report_ok(struct buffer *b, const char *ref)
{
	pkt_format(b, "ok %s\n", ref);
}

void report_ng(struct buffer *b, const char *ref, const char *reason)
{
	pkt_format(b, "ng %s %s\n", ref, reason);
}
