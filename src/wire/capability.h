/* SPDX-License-Identifier: ISC */
/*
 * wire/capability.h: capabilities as tables; what is advertised is what is parsed.
 * gitprotocol-capabilities(5), gitprotocol-v2(5).
 */
#ifndef WIRE_CAPABILITY_H
#define WIRE_CAPABILITY_H

#include <stdint.h>
#include "base/buffer.h"
#include "base/cursor.h"
#include "base/hash.h"

/* One bit each; the tables in capability.c say which word sets which and who offers it. */
enum capability {
	CAP_MULTI_ACK = 1u << 0,
	CAP_MULTI_ACK_DETAILED = 1u << 1,
	CAP_NO_DONE = 1u << 2,
	CAP_THIN_PACK = 1u << 3,
	CAP_SIDE_BAND = 1u << 4,
	CAP_SIDE_BAND_64K = 1u << 5,
	CAP_OFS_DELTA = 1u << 6,
	CAP_NO_PROGRESS = 1u << 7,
	CAP_INCLUDE_TAG = 1u << 8,
	CAP_REPORT_STATUS = 1u << 9,
	CAP_DELETE_REFS = 1u << 10,
	CAP_QUIET = 1u << 11,
};

#define AGENT_MAX 128

struct client_capabilities {
	uint32_t bits;
	char agent[AGENT_MAX + 1]; /* printable ASCII without spaces, cut to fit; "" if not given */
	const struct hash_algo *algo; /* from object-format, or NULL if not given */
};

/* The server's own "agent=" value, "gitcell/VERSION". */
const char *agent_value(void);

/*
 * Append what follows the NUL of the first ref: " cap cap ..." for upload-pack v0/v1 (HEAD_SYMREF
 * is the target of HEAD or NULL), "cap cap ..." for receive-pack; the space is git's own habit.
 */
void upload_pack_capabilities(
	struct buffer *b, const struct hash_algo *algo, const char *head_symref);
void receive_pack_capabilities(struct buffer *b, const struct hash_algo *algo);

extern const struct fault fault_capability; /* peer: object-format that is not one */

/*
 * Reads one word of the form KEY=VALUE that means the same in every version: agent, object-format,
 * session-id. *KNOWN is false if it is another.
 */
const struct fault *capability_value_parse(
	struct cursor word, struct client_capabilities *out, bool *known) MUST_USE;

/*
 * Reads the space-separated words after the first want, or after the NUL of the first command.
 * Words we did not advertise are ignored, as git does.
 */
const struct fault *upload_pack_capabilities_parse(
	struct cursor words, struct client_capabilities *out) MUST_USE;
const struct fault *receive_pack_capabilities_parse(
	struct cursor words, struct client_capabilities *out) MUST_USE;

#endif
