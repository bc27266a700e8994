/* SPDX-License-Identifier: ISC */
/*
 * wire/receive.h: what a client of receive-pack sends before its pack, gitprotocol-pack(5),
 * "Reference Update Request", and what it is told afterwards, "Report Status".
 */
#ifndef WIRE_RECEIVE_H
#define WIRE_RECEIVE_H

#include "base/oid.h"
#include "wire/capability.h"
#include "base/refname.h"

struct ref_command {
	struct oid old_oid;         /* null: create */
	struct oid new_oid;         /* null: delete */
	char name[REFNAME_MAX + 1]; /* as sent, not judged */
};

extern const struct fault fault_command_syntax; /* peer */

/*
 * Parses one "old new name" line, chomped or not, with NUL and capabilities after the name on the
 * first (*CAPS is then what follows the NUL, else empty).
 */
const struct fault *ref_command_parse(struct cursor line, const struct hash_algo *algo,
	struct ref_command *out, struct cursor *caps) MUST_USE;

void report_unpack(struct buffer *b, const char *error); /* NULL: "unpack ok" */
void report_ok(struct buffer *b, const char *ref);
void report_ng(struct buffer *b, const char *ref, const char *reason);

#endif
