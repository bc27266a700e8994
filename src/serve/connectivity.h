/* SPDX-License-Identifier: ISC */
/*
 * serve/connectivity.h: does the repository, with the quarantine, hold everything that new values
 * of refs need. What its present refs need is taken to be there.
 */
#ifndef SERVE_CONNECTIVITY_H
#define SERVE_CONNECTIVITY_H

#include "repo/refs.h"
#include "repo/walk.h"
#include "serve/progress.h"

struct connectivity {
	struct odb *odb;
	struct graph *graph;
	const struct refs *refs;
	struct sideband *sideband; /* for progress; NULL: none */
};

/* *WHOLE: all that TIPS reach is there; if not, the detail of fault_object_missing may say what
 * is not. Objects that cannot be read count as missing. */
const struct fault *connectivity_check(
	const struct connectivity *c, const struct oid *tips, size_t count, bool *whole) MUST_USE;

#endif
