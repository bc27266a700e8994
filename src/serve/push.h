/* SPDX-License-Identifier: ISC */
/*
 * serve/push.h: the two processes of a push.
 *
 * The parser reads every byte of the client: commands, pack, deltas, objects. It holds the socket
 * and the repository read-only, and can only write to the quarantine's two open files. The keeper
 * holds the repository read-write and no socket; it hears fixed binary messages from the parser
 * (serve/keep_message.h), checks ref names, rules and old values itself, installs the pack and
 * moves the refs. keep_message.h is all that they share.
 */
#ifndef SERVE_PUSH_H
#define SERVE_PUSH_H

#include "base/refname.h"
#include "repo/quarantine.h"
#include "serve/session.h"

/* Fixed numbers, as in repo/repo.h; the filters know them. */
enum {
	FD_COLLEAGUE = 3,        /* the socketpair, SOCK_STREAM, between parser and keeper */
	FD_QUARANTINE_PACK = 12, /* both: read and write */
	FD_QUARANTINE_IDX = 13,
	FD_QUARANTINE = 14, /* keeper: the quarantine directory */
};

/* What the policy lets this peer do. */
struct push_rules {
	uint64_t pack_bytes_max; /* of one pack; 0: no limit */
};

/* A ref that moved, for the log. */
struct ref_move {
	struct oid old_oid;
	struct oid new_oid;
	char name[REFNAME_MAX + 1];
};

/* Before the fork, in stage request: makes the quarantine and places its descriptors at the numbers
 * above. The child closes FD_QUARANTINE before it enters its stage. */
const struct fault *push_prepare(struct quarantine *quarantine) MUST_USE;

/* The child: serves receive-pack on the session's stream. Stage parser. */
const struct fault *receive_pack(struct session *session, const struct push_rules *rules) MUST_USE;

/*
 * The parent: answers the parser until it is done or dead, then removes the quarantine. OUTCOME is
 * filled in from what the keeper did itself and what the parser reported. MOVES grows by mem_grow.
 * Stage keeper.
 */
struct ref_moves {
	struct ref_move *list;
	size_t count, cap;
};
const struct fault *keeper(const struct repo *repo, const struct push_rules *rules,
	struct quarantine *quarantine, struct outcome *outcome, struct ref_moves *moves) MUST_USE;

#endif
