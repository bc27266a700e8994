/* SPDX-License-Identifier: ISC */
/*
 * serve/ref_rules.h: may this ref take this value; git-receive-pack(1) and the receive.* keys of
 * git-config(1).
 */
#ifndef SERVE_REF_RULES_H
#define SERVE_REF_RULES_H

#include "repo/graph.h"
#include "repo/refs.h"
#include "serve/keep_message.h"

struct ref_rules {
	const struct repo *repo;
	const struct refs *refs; /* for what HEAD points to */
	struct odb *odb;         /* with the quarantine's pack */
	struct graph *graph;
};

/* By the name alone: KEEP_OK or KEEP_FUNNY_REFNAME. */
enum keep_code ref_rules_name(const char *name, bool deletes);

/*
 * What the repository and its config say to a name that passed ref_rules_name(). A delete of what
 * is not there is KEEP_OK_NOT_THERE: then there is nothing to do. A delete of a ref that points to
 * nothing is KEEP_OK_CORRUPT: then *OLD_OID becomes what the ref says.
 */
const struct fault *ref_rules_judge(const struct ref_rules *rules, const char *name,
	struct oid *old_oid, const struct oid *new_oid, enum keep_code *code) MUST_USE;

#endif
