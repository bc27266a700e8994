/* SPDX-License-Identifier: ISC */
/* wire/fetch.c: the lines of a fetch, all versions. Stage fetch; every byte is the client's. */
#include "wire/fetch.h"
#include "wire/pkt.h"
#include "wire/quote.h"

const struct fault fault_negotiation_line = {BLAME_PEER, "protocol error: unexpected line"};
const struct fault fault_v2_command = {BLAME_PEER, "invalid command"};
const struct fault fault_v2_capability = {BLAME_PEER, "unknown capability"};
const struct fault fault_v2_argument = {BLAME_PEER, "unexpected line"};

/* What follows the word that begins a line. */
enum form {
	FORM_BARE, /* nothing */
	FORM_OID,  /* an object name and nothing else */
	FORM_WANT, /* an object name, perhaps a space and capabilities */
	FORM_TEXT, /* anything */
};

static bool parse_form(
	enum form form, struct cursor *rest, const struct hash_algo *algo, struct oid *oid)
{
	switch (form) {
	case FORM_OID:
		return cursor_oid_hex(rest, algo, oid) && cursor_at_end(rest);
	case FORM_WANT:
		return cursor_oid_hex(rest, algo, oid) &&
		       (cursor_at_end(rest) || cursor_literal(rest, " "));
	case FORM_TEXT:
		return true;
	case FORM_BARE:
		break;
	}
	return cursor_at_end(rest);
}

/* --- v0, v1 ----------------------------------------------------------------------------------- */

const struct fault *negotiation_line_parse(
	struct cursor line, const struct hash_algo *algo, struct negotiation_line *out)
{
	static const struct {
		const char *word;
		enum negotiation_kind kind;
		enum form form;
	} lines[] = {
		{"want ", LINE_WANT, FORM_WANT},
		{"have ", LINE_HAVE, FORM_OID},
		{"done", LINE_DONE, FORM_BARE},
		{"shallow ", LINE_SHALLOW, FORM_OID},
		{"deepen ", LINE_DEEPEN, FORM_TEXT},
		{"deepen-since ", LINE_DEEPEN, FORM_TEXT},
		{"deepen-not ", LINE_DEEPEN, FORM_TEXT},
		{"filter ", LINE_FILTER, FORM_TEXT},
	};

	cursor_chomp(&line);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct negotiation_line parsed = {.kind = lines[i].kind, .rest = line};
		if (!cursor_literal(&parsed.rest, lines[i].word) ||
			!parse_form(lines[i].form, &parsed.rest, algo, &parsed.oid))
			continue;
		*out = parsed;
		return NULL;
	}
	return fault_quote(&fault_negotiation_line, "", line);
}

/* --- v2 --------------------------------------------------------------------------------------- */

void v2_advertise(struct buffer *b, const struct hash_algo *algo)
{
	pkt_format(b, "agent=%s\n", agent_value());
	pkt_format(b, "ls-refs=unborn\n");
	pkt_format(b, "fetch=wait-for-done\n");
	pkt_format(b, "server-option\n");
	pkt_format(b, "object-format=%s\n", algo->name);
	pkt_flush(b);
}

static const struct fault *parse_command(struct v2_request *request, struct cursor name)
{
	static const char *const commands[] = {[V2_LS_REFS] = "ls-refs", [V2_FETCH] = "fetch"};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (request->has_command || !cursor_is(&name, commands[i]))
			continue;
		request->has_command = true;
		request->command = (enum v2_command)i;
		return NULL;
	}
	return fault_quote(&fault_v2_command, request->has_command ? "a second one, " : "", name);
}

const struct fault *v2_request_line(struct v2_request *request, struct cursor line)
{
	struct cursor value = line;
	bool known;

	cursor_chomp(&line);
	cursor_chomp(&value);
	if (cursor_literal(&value, "command="))
		return parse_command(request, value);
	if (cursor_literal(&value, "server-option=")) {
		request->server_options++;
		return NULL;
	}
	TRY(capability_value_parse(line, &request->caps, &known));
	return known ? NULL : fault_quote(&fault_v2_capability, "", line);
}

const struct fault *v2_argument_parse(enum v2_command command, struct cursor line,
	const struct hash_algo *algo, struct v2_argument *out)
{
	static const struct {
		enum v2_command command;
		const char *word;
		enum v2_argument_kind kind;
		enum form form;
	} arguments[] = {
		{V2_LS_REFS, "peel", ARG_PEEL, FORM_BARE},
		{V2_LS_REFS, "symrefs", ARG_SYMREFS, FORM_BARE},
		{V2_LS_REFS, "unborn", ARG_UNBORN, FORM_BARE},
		{V2_LS_REFS, "ref-prefix ", ARG_REF_PREFIX, FORM_TEXT},
		{V2_FETCH, "want ", ARG_WANT, FORM_OID},
		{V2_FETCH, "have ", ARG_HAVE, FORM_OID},
		{V2_FETCH, "done", ARG_DONE, FORM_BARE},
		{V2_FETCH, "thin-pack", ARG_THIN_PACK, FORM_BARE},
		{V2_FETCH, "no-progress", ARG_NO_PROGRESS, FORM_BARE},
		{V2_FETCH, "include-tag", ARG_INCLUDE_TAG, FORM_BARE},
		{V2_FETCH, "ofs-delta", ARG_OFS_DELTA, FORM_BARE},
		{V2_FETCH, "wait-for-done", ARG_WAIT_FOR_DONE, FORM_BARE},
	};

	cursor_chomp(&line);
	for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
		struct v2_argument parsed = {.kind = arguments[i].kind, .value = line};
		if (arguments[i].command != command ||
			!cursor_literal(&parsed.value, arguments[i].word) ||
			!parse_form(arguments[i].form, &parsed.value, algo, &parsed.oid))
			continue;
		*out = parsed;
		return NULL;
	}
	return fault_quote(&fault_v2_argument, "", line);
}
