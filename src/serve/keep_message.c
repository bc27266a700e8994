/* SPDX-License-Identifier: ISC */
/*
 * serve/keep_message.c: the messages between parser and keeper, memory to structs and back.
 * Stages parser and keeper; each trusts nothing of what the other says.
 */
#include "base/hash.h"
#include "serve/keep_message.h"

const struct fault fault_keep_message = {
	BLAME_US, "the two processes of a push do not understand each other"};

struct code_words {
	const char *refusal;
	const char *remark;
};

static const struct code_words code_words[KEEP_CODE_COUNT] = {
	[KEEP_OK] = {NULL, NULL},
	[KEEP_OK_NOT_THERE] = {NULL, "warning: deleting a non-existent ref"},
	[KEEP_OK_CORRUPT] = {NULL, "warning: allowing deletion of corrupt ref"},
	[KEEP_OK_UNSURE] = {NULL, "warning: updated, but perhaps not on the server's disk"},
	[KEEP_FUNNY_REFNAME] = {"funny refname", "error: refusing to update funny ref"},
	[KEEP_DUPLICATE] = {"failed to update refs",
		"error: multiple updates for one ref not allowed"},
	[KEEP_INCONSISTENT_ALIAS] = {"inconsistent aliased update",
		"error: refusing inconsistent update between symref and its target"},
	[KEEP_CHECKED_OUT] = {"branch is currently checked out",
		"error: refusing to update checked out branch"},
	[KEEP_BAD_PACK] = {"bad pack", "error: unpack should have generated the new object"},
	[KEEP_DELETION_PROHIBITED] = {"deletion prohibited", "error: denying ref deletion"},
	[KEEP_DELETION_OF_CURRENT] = {"deletion of the current branch prohibited",
		"error: refusing to delete the current branch"},
	[KEEP_BAD_REF] = {"bad ref", "error: the old or the new value is not a commit"},
	[KEEP_NON_FAST_FORWARD] = {"non-fast-forward", "error: denying non-fast-forward"},
	[KEEP_INVALID_NEW_VALUE] = {"invalid new value provided",
		"error: trying to write a non-commit object to a branch"},
	[KEEP_INCORRECT_OLD_VALUE] = {"incorrect old value provided", NULL},
	[KEEP_ALREADY_EXISTS] = {"reference already exists", NULL},
	[KEEP_DOES_NOT_EXIST] = {"reference does not exist", NULL},
	[KEEP_REFNAME_CONFLICT] = {"refname conflict", NULL},
	[KEEP_FAILED] = {"failed to update ref", NULL},
	[KEEP_PACK_REFUSED] = {"pack and index do not agree", NULL},
	[KEEP_PACK_NOT_INSTALLED] = {"unable to migrate objects to permanent storage", NULL},
	[KEEP_NOT_JUDGED] = {"unable to read the repository", NULL},
};

const char *keep_code_refusal(enum keep_code code)
{
	return code_words[code].refusal;
}

const char *keep_code_remark(enum keep_code code)
{
	return code_words[code].remark;
}

enum keep_code keep_code_of(const char *refusal)
{
	if (!refusal)
		return KEEP_OK;
	for (unsigned code = 0; code < KEEP_CODE_COUNT; code++)
		if (code_words[code].refusal && strcmp(code_words[code].refusal, refusal) == 0)
			return (enum keep_code)code;
	return KEEP_FAILED;
}

/* --- bodies ----------------------------------------------------------------------------------- */

static void put_oid(struct buffer *b, const struct oid *oid)
{
	buffer_append(b, oid->id, sizeof oid->id);
}

/* A text of at most 65535 bytes. */
static void put_text(struct buffer *b, const char *text)
{
	size_t len = strlen(text);

	buffer_byte(b, (uint8_t)(len >> 8));
	buffer_byte(b, (uint8_t)len);
	buffer_append(b, text, len);
}

static bool take_oid(struct cursor *c, struct oid *out)
{
	struct cursor bytes;

	if (!cursor_take(c, sizeof out->id, &bytes))
		return false;
	memcpy(out->id, bytes.at, sizeof out->id);
	return true;
}

static bool take_text(struct cursor *c, char *out, size_t size)
{
	struct cursor text;
	uint16_t len;

	return cursor_be16(c, &len) && cursor_take(c, len, &text) &&
	       cursor_copy_text(&text, out, size);
}

static void put_pack(struct buffer *b, const struct keep_message *m)
{
	put_oid(b, &m->pack.checksum);
	buffer_be32(b, m->pack.count);
	buffer_be64(b, m->pack.bytes);
}

static bool take_pack(struct cursor *c, struct keep_message *m)
{
	return take_oid(c, &m->pack.checksum) && cursor_be32(c, &m->pack.count) &&
	       cursor_be64(c, &m->pack.bytes);
}

static void put_update(struct buffer *b, const struct keep_message *m)
{
	put_oid(b, &m->update.old_oid);
	put_oid(b, &m->update.new_oid);
	put_text(b, m->update.name);
}

static bool take_update(struct cursor *c, struct keep_message *m)
{
	return take_oid(c, &m->update.old_oid) && take_oid(c, &m->update.new_oid) &&
	       take_text(c, m->update.name, sizeof m->update.name);
}

static void put_stats(struct buffer *b, const struct keep_message *m)
{
	buffer_be64(b, m->stats.bytes);
	buffer_be32(b, m->stats.objects);
	buffer_be32(b, m->stats.refused);
	put_text(b, m->stats.agent);
}

static bool is_graphic(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool take_stats(struct cursor *c, struct keep_message *m)
{
	return cursor_be64(c, &m->stats.bytes) && cursor_be32(c, &m->stats.objects) &&
	       cursor_be32(c, &m->stats.refused) &&
	       take_text(c, m->stats.agent, sizeof m->stats.agent) && is_graphic(m->stats.agent);
}

static void put_nothing(struct buffer *b, const struct keep_message *m)
{
	(void)b;
	(void)m;
}

static bool take_nothing(struct cursor *c, struct keep_message *m)
{
	(void)c;
	(void)m;
	return true;
}

static void put_code(struct buffer *b, const struct keep_message *m)
{
	buffer_byte(b, (uint8_t)m->code);
}

static bool take_code(struct cursor *c, struct keep_message *m)
{
	uint8_t code;

	if (!cursor_u8(c, &code) || code >= KEEP_CODE_COUNT)
		return false;
	m->code = (enum keep_code)code;
	return true;
}

struct body {
	void (*put)(struct buffer *b, const struct keep_message *m);
	bool (*take)(struct cursor *c, struct keep_message *m);
};

static const struct body bodies[] = {
	[KEEP_PACK] = {put_pack, take_pack},
	[KEEP_UPDATE] = {put_update, take_update},
	[KEEP_STATS] = {put_stats, take_stats},
	[KEEP_DONE] = {put_nothing, take_nothing},
	[KEEP_UNPACKED] = {put_code, take_code},
	[KEEP_RESULT] = {put_code, take_code},
};

/* --- messages --------------------------------------------------------------------------------- */

void keep_message_format(struct buffer *b, const struct keep_message *message)
{
	size_t start = b->len, len;

	buffer_append(b, "\0\0", 2);
	buffer_byte(b, (uint8_t)message->kind);
	bodies[message->kind].put(b, message);
	if (buffer_check(b))
		return;
	len = b->len - start - 2;
	b->bytes[start] = (uint8_t)(len >> 8);
	b->bytes[start + 1] = (uint8_t)len;
}

const struct fault *keep_message_parse(struct cursor *bytes, struct keep_message *out, bool *whole)
{
	struct cursor ahead = *bytes, body;
	uint16_t len;
	uint8_t kind;

	*whole = false;
	if (!cursor_be16(&ahead, &len))
		return NULL;
	if (!len || len > KEEP_MESSAGE_MAX)
		return fault_note(&fault_keep_message, "a message of %u bytes", len);
	if (!cursor_take(&ahead, len, &body) || !cursor_u8(&body, &kind))
		return NULL;
	if (!kind || kind > KEEP_RESULT)
		return fault_note(&fault_keep_message, "a message of kind %u", kind);
	out->kind = (enum keep_kind)kind;
	if (!bodies[kind].take(&body, out) || !cursor_at_end(&body))
		return fault_note(&fault_keep_message, "a malformed message of kind %u", kind);
	*bytes = ahead;
	*whole = true;
	return NULL;
}
