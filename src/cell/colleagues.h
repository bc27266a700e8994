/* SPDX-License-Identifier: ISC */
/*
 * cell/colleagues.h: the two processes of a push: the fork, and the fences of each.
 */
#ifndef CELL_COLLEAGUES_H
#define CELL_COLLEAGUES_H

#include "cell/sandbox.h"
#include "serve/push.h"

struct colleagues_setup {
	struct push_rules rules;
	bool allow_missing_fences;
	uint64_t session_ms; /* the death timer is not inherited by a child */
};

extern const struct fault fault_parser_peer;   /* the parser blamed the client; it has been told */
extern const struct fault fault_parser_failed; /* the parser ended with another fault */
extern const struct fault
	fault_parser_killed;                /* us: a signal ended the parser; the note says which */
extern const struct fault fault_colleagues; /* host: no socketpair, no process */

/*
 * Serves a push on SESSION: forks the parser, which never returns from here, and runs the keeper.
 * FENCES: those of the keeper. The session's stream is the parser's alone; it is closed here.
 */
const struct fault *colleagues_push(const struct colleagues_setup *setup, struct session *session,
	struct ref_moves *moves, struct fences *fences) MUST_USE;

#endif
