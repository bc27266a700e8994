/* SPDX-License-Identifier: ISC */
/*
 * repo/walk.h: which objects are reachable from some tips and not from others; git-rev-list(1).
 *
 * Serves a fetch (what to send) and a push (what must be there). Iterative: depth costs memory of
 * the heap, never of the stack.
 */
#ifndef REPO_WALK_H
#define REPO_WALK_H

#include "repo/graph.h"

struct walk;

/*
 * Called once for each object: commits first, newest to oldest by date, then tags, then trees and
 * blobs, a tree before what is in it.
 */
typedef const struct fault *walk_visit(void *arg, const struct oid *oid, enum object_type type);

/* GRAPH lends what it knows of commits and outlives the walk. */
const struct fault *walk_new(struct walk **walk, struct graph *graph) MUST_USE;
void walk_free(struct walk *walk);

/* A tip of either kind: a commit, tag, tree or blob. An excluded tip that does not exist is
 * forgotten; an included one is fault_object_missing. */
const struct fault *walk_include(struct walk *walk, const struct oid *oid) MUST_USE;
const struct fault *walk_exclude(struct walk *walk, const struct oid *oid) MUST_USE;

/*
 * Visits everything reachable from the included tips but not from the excluded ones; it may visit
 * objects that an excluded commit other than the nearest ones also has, never leave one out.
 * A missing commit, tag or tree is fault_object_missing; whether a blob exists is not asked.
 * VISIT may be NULL.
 */
const struct fault *walk_run(struct walk *walk, walk_visit *visit, void *arg) MUST_USE;

/* After walk_run(): is OID known to be on the excluded side, so that a thin pack may refer to it?
 */
bool walk_is_excluded(const struct walk *walk, const struct oid *oid);

/* After walk_run(): another version of the tree or blob OID, which stood under its name in the root
 * before; or NULL. The walk keeps it. */
const struct oid *walk_counterpart(const struct walk *walk, const struct oid *oid);

#endif
