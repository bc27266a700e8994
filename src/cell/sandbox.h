/* SPDX-License-Identifier: ISC */
/*
 * cell/sandbox.h: what a stage of the process can still do.
 *
 * The seccomp filters are compiled from seccomp/STAGE.policy when gitcell is built; the same rows
 * are what "gitcell sandbox STAGE" prints. Landlock is asked for at the best ABI that the kernel
 * has. Both only ever shrink: each stage's filter is a subset of the one before it.
 */
#ifndef CELL_SANDBOX_H
#define CELL_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/filter.h>
#include "base/fault.h"

/* In the order in which a process may pass through them: request, then one of the others. */
enum stage {
	STAGE_REQUEST, /* reads the opening request and opens the repository */
	STAGE_FETCH,   /* serves upload-pack */
	STAGE_PARSER,  /* receive-pack: every byte of the client */
	STAGE_KEEPER,  /* receive-pack: the only one that writes the repository */
	STAGE_COUNT,
};

/* Which fences stand; the log line and "gitcell status" show them. */
struct fences {
	int landlock_abi; /* 0: none */
	bool seccomp;
	bool no_new_privs;
};

extern const struct fault fault_no_landlock; /* host; says which kernel option is missing */
extern const struct fault fault_no_seccomp;  /* host */

/* What one row of a policy file says; action "allow" or "errno NAME". */
struct filter_row {
	const char *syscall;
	const char *condition; /* as written, or "" */
	const char *action;
	const char *reason;
};

struct filter {
	const char *stage;          /* "request", "fetch", "parser", "keeper" */
	const char *summary;        /* the first comment line of the policy file */
	const char *default_action; /* "kill": for what no row names or admits */
	const struct filter_row *rows;
	size_t row_count;
	const struct sock_filter *program;
	size_t program_len;
};

/* By enum stage. Generated. */
extern const struct filter filters[STAGE_COUNT];

/* Sets no_new_privs and dumpable 0, once, before the first stage. */
const struct fault *sandbox_prepare(struct fences *fences) MUST_USE;

/*
 * Installs Landlock for STAGE and then its seccomp filter. The Landlock rules of each stage are
 * in landlock.c, by descriptor: REQUEST may read and write below ROOT (pass -1 in the others),
 * FETCH and PARSER may read below FD_REPO, KEEPER may read and write below FD_REPO.
 * ALLOW_MISSING: go on with the fences that stand (the policy said sandbox = optional).
 */
const struct fault *sandbox_enter(
	enum stage stage, int root, bool allow_missing, struct fences *fences) MUST_USE;

#endif
