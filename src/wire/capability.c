/* SPDX-License-Identifier: ISC */
/*
 * wire/capability.c: what we offer and what a client may therefore ask. Stages fetch and parser;
 * the words are the client's.
 */
#include "wire/capability.h"
#include "wire/quote.h"

const struct fault fault_capability = {BLAME_PEER, "unknown object format"};

enum {
	UPLOAD_PACK = 1 << 0,
	RECEIVE_PACK = 1 << 1,
};

/* In the order in which they are advertised; git's. no-done is for stateless transports alone. */
static const struct {
	const char *word;
	enum capability bit;
	unsigned offered_by;
} capabilities[] = {
	{"report-status", CAP_REPORT_STATUS, RECEIVE_PACK},
	{"delete-refs", CAP_DELETE_REFS, RECEIVE_PACK},
	{"multi_ack", CAP_MULTI_ACK, UPLOAD_PACK},
	{"thin-pack", CAP_THIN_PACK, UPLOAD_PACK},
	{"side-band", CAP_SIDE_BAND, UPLOAD_PACK},
	{"side-band-64k", CAP_SIDE_BAND_64K, UPLOAD_PACK | RECEIVE_PACK},
	{"quiet", CAP_QUIET, RECEIVE_PACK},
	{"ofs-delta", CAP_OFS_DELTA, UPLOAD_PACK | RECEIVE_PACK},
	{"no-progress", CAP_NO_PROGRESS, UPLOAD_PACK},
	{"include-tag", CAP_INCLUDE_TAG, UPLOAD_PACK},
	{"multi_ack_detailed", CAP_MULTI_ACK_DETAILED, UPLOAD_PACK},
	{"no-done", CAP_NO_DONE, UPLOAD_PACK},
};

#define CAPABILITIES (sizeof capabilities / sizeof *capabilities)

const char *agent_value(void)
{
	return PACKAGE_NAME "/" PACKAGE_VERSION;
}

static void append_flags(struct buffer *b, unsigned service)
{
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (capabilities[i].offered_by & service)
			buffer_format(b, "%s ", capabilities[i].word);
}

static void append_values(struct buffer *b, const struct hash_algo *algo)
{
	buffer_format(b, "object-format=%s agent=%s", algo->name, agent_value());
}

void upload_pack_capabilities(
	struct buffer *b, const struct hash_algo *algo, const char *head_symref)
{
	buffer_byte(b, ' ');
	append_flags(b, UPLOAD_PACK);
	if (head_symref)
		buffer_format(b, "symref=HEAD:%s ", head_symref);
	append_values(b, algo);
}

void receive_pack_capabilities(struct buffer *b, const struct hash_algo *algo)
{
	append_flags(b, RECEIVE_PACK);
	append_values(b, algo);
}

/* --- parsing ---------------------------------------------------------------------------------- */

static const struct fault *parse_agent(struct cursor value, struct client_capabilities *out)
{
	size_t len = 0;

	for (const uint8_t *p = value.at; p < value.end && len < AGENT_MAX; p++)
		if (*p > 0x20 && *p < 0x7f)
			out->agent[len++] = (char)*p;
	out->agent[len] = '\0';
	return NULL;
}

static const struct fault *parse_object_format(struct cursor value, struct client_capabilities *out)
{
	out->algo = hash_by_name(&value);
	return out->algo ? NULL : fault_quote(&fault_capability, "", value);
}

/* Of use to the client's own traces only. */
static const struct fault *parse_session_id(struct cursor value, struct client_capabilities *out)
{
	(void)value;
	(void)out;
	return NULL;
}

const struct fault *capability_value_parse(
	struct cursor word, struct client_capabilities *out, bool *known)
{
	static const struct {
		const char *key;
		const struct fault *(*parse)(struct cursor, struct client_capabilities *);
	} values[] = {
		{"agent=", parse_agent},
		{"object-format=", parse_object_format},
		{"session-id=", parse_session_id},
	};

	*known = true;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (cursor_literal(&word, values[i].key))
			return values[i].parse(word, out);
	*known = false;
	return NULL;
}

static uint32_t flag_of(const struct cursor *word, unsigned service)
{
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (capabilities[i].offered_by & service && cursor_is(word, capabilities[i].word))
			return capabilities[i].bit;
	return 0;
}

static const struct fault *parse_words(
	struct cursor words, unsigned service, struct client_capabilities *out)
{
	struct client_capabilities caps = {0};
	bool known;

	cursor_chomp(&words);
	while (!cursor_at_end(&words)) {
		struct cursor word;
		if (!cursor_until(&words, ' ', &word))
			word = cursor_rest(&words);
		TRY(capability_value_parse(word, &caps, &known));
		caps.bits |= flag_of(&word, service);
	}
	*out = caps;
	return NULL;
}

const struct fault *upload_pack_capabilities_parse(
	struct cursor words, struct client_capabilities *out)
{
	return parse_words(words, UPLOAD_PACK, out);
}

const struct fault *receive_pack_capabilities_parse(
	struct cursor words, struct client_capabilities *out)
{
	return parse_words(words, RECEIVE_PACK, out);
}
