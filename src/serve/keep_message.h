/* SPDX-License-Identifier: ISC */
/*
 * serve/keep_message.h: all that the parser and the keeper of a push say to each other.
 *
 * Over the socketpair FD_COLLEAGUE (SOCK_STREAM; only read and write are used) goes a sequence of
 * messages, each "length kind body": two bytes that count what follows them, one byte, and fields
 * of fixed width in network byte order. A message that is too long, too short or of a kind that
 * the reader does not expect ends the conversation.
 *
 *   parser to keeper:  [PACK] UPDATE* STATS DONE
 *   keeper to parser:  UNPACKED RESULT*, one for each UPDATE and in their order; none unless
 *                      the pack was taken
 *
 * The keeper answers nothing before DONE and acts on nothing without it: a parser that dies leaves
 * no trace. What it answers are numbers; the table of their texts is here.
 */
#ifndef SERVE_KEEP_MESSAGE_H
#define SERVE_KEEP_MESSAGE_H

#include <stdbool.h>
#include "base/buffer.h"
#include "base/cursor.h"
#include "base/oid.h"
#include "base/refname.h"
#include "wire/capability.h"

#define KEEP_MESSAGE_MAX 1280    /* bytes after the length: an UPDATE with the longest name */
#define PUSH_COMMANDS_MAX 65536u /* of one push */

enum keep_kind {
	KEEP_PACK = 1,
	KEEP_UPDATE,
	KEEP_STATS,
	KEEP_DONE,
	KEEP_UNPACKED,
	KEEP_RESULT,
};

/* What became of a ref, or of a pack. */
enum keep_code {
	KEEP_OK,
	KEEP_OK_NOT_THERE, /* the deleted ref did not exist */
	KEEP_OK_CORRUPT,   /* the deleted ref pointed to nothing */
	KEEP_OK_UNSURE,    /* it moved; the host does not say that this is on disk */
	KEEP_FUNNY_REFNAME,
	KEEP_DUPLICATE,
	KEEP_INCONSISTENT_ALIAS,
	KEEP_CHECKED_OUT,
	KEEP_BAD_PACK,
	KEEP_DELETION_PROHIBITED,
	KEEP_DELETION_OF_CURRENT,
	KEEP_BAD_REF,
	KEEP_NON_FAST_FORWARD,
	KEEP_INVALID_NEW_VALUE,
	KEEP_INCORRECT_OLD_VALUE,
	KEEP_ALREADY_EXISTS,
	KEEP_DOES_NOT_EXIST,
	KEEP_REFNAME_CONFLICT,
	KEEP_FAILED,
	KEEP_PACK_REFUSED,
	KEEP_PACK_NOT_INSTALLED,
	KEEP_NOT_JUDGED,
	KEEP_CODE_COUNT,
};

/* A pack that the parser has written to the quarantine, with its idx. */
struct keep_pack {
	struct oid checksum;
	uint32_t count;
	uint64_t bytes;
};

struct keep_update {
	struct oid old_oid;
	struct oid new_oid;
	char name[REFNAME_MAX + 1]; /* no NUL inside; not judged */
};

/* For the log alone. */
struct keep_stats {
	uint64_t bytes;
	uint32_t objects;
	uint32_t refused;
	char agent[AGENT_MAX + 1]; /* printable ASCII without spaces */
};

struct keep_message {
	enum keep_kind kind;
	union {
		struct keep_pack pack;
		struct keep_update update;
		struct keep_stats stats;
		enum keep_code code; /* of UNPACKED and RESULT */
	};
};

extern const struct fault fault_keep_message; /* us: the colleague speaks another language */

/* Appends one message. */
void keep_message_format(struct buffer *b, const struct keep_message *message);

/*
 * Takes one message from BYTES, which moves past it; *WHOLE is false, and nothing moves, when more
 * bytes could still make it one.
 */
const struct fault *keep_message_parse(
	struct cursor *bytes, struct keep_message *out, bool *whole) MUST_USE;

/* NULL for what succeeded, else the words that follow "ng REF " (or "unpack "). */
const char *keep_code_refusal(enum keep_code code);

/* The code of a refusal that ref_transaction() gave; KEEP_FAILED for words that are not in the
 * table, KEEP_OK for NULL. */
enum keep_code keep_code_of(const char *refusal);

/* What the user is told about CODE besides: "warning: ..." and "error: ...", or NULL. */
const char *keep_code_remark(enum keep_code code);

#endif
