/* SPDX-License-Identifier: ISC */
/*
 * serve/negotiation.h: what the client wants and what both have; gitprotocol-pack(5), "Packfile
 * Negotiation", and the fetch command of gitprotocol-v2(5). The state of one fetch.
 */
#ifndef SERVE_NEGOTIATION_H
#define SERVE_NEGOTIATION_H

#include "repo/graph.h"
#include "repo/refs.h"
#include "wire/capability.h"

/* Wants and common objects of one fetch; each costs 40 bytes. */
#define NEGOTIATION_MAX 1000000u

struct negotiation {
	struct odb *odb;
	const struct refs *refs;
	struct graph *graph;
	struct oidmap wants;
	struct oidmap common;    /* of what the client said it has, what we have, too */
	uint8_t *common_commits; /* by the graph's commit number */
	size_t common_commits_cap;
	int64_t oldest_common;       /* date */
	bool give_up_known, give_up; /* the last answer of negotiation_ready(), while it holds */
};

extern const struct fault fault_not_our_ref; /* peer: "upload-pack: not our ref OID" */

void negotiation_init(
	struct negotiation *n, struct odb *odb, const struct refs *refs, struct graph *graph);
void negotiation_free(struct negotiation *n);

/* Notes that the client wants OID; nothing is known of it before negotiation_check_wants(). */
const struct fault *negotiation_want(struct negotiation *n, const struct oid *oid) MUST_USE;

/* What may be wanted. */
enum want_rule {
	WANT_TIPS,      /* what an advertised ref names, directly or peeled: v0 and v1 */
	WANT_REACHABLE, /* what is reachable from one: v2 */
};

/* Proves that every want is covered by RULE; else fault_not_our_ref, for what is missing and for
 * what is merely unreachable alike. The refs must have been peeled. */
const struct fault *negotiation_check_wants(struct negotiation *n, enum want_rule rule) MUST_USE;

/* Notes that the client has OID; *HERE: so have we. */
const struct fault *negotiation_have(
	struct negotiation *n, const struct oid *oid, bool *here) MUST_USE;

/* Can we stop: does every want reach something common. */
const struct fault *negotiation_ready(struct negotiation *n, bool *ready) MUST_USE;

#endif
