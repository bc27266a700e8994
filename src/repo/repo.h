/* SPDX-License-Identifier: ISC */
/*
 * repo/repo.h: one repository, below one directory descriptor.
 *
 * Everything in it may be hostile. Only regular files are read, opened O_NOFOLLOW|O_NONBLOCK and
 * bounded in size; of its config only an allow-list of keys; never a program name, include or hook.
 */
#ifndef REPO_REPO_H
#define REPO_REPO_H

#include <stdbool.h>
#include "base/fault.h"
#include "base/hash.h"

/*
 * The descriptors of a repository have fixed numbers, four in a row from a multiple of four, so
 * that a seccomp filter can say "openat only below these" with one masked comparison:
 * (fd & ~3) == FD_REPO.
 */
enum {
	FD_REPO = 8,    /* the repository (git directory) itself */
	FD_OBJECTS = 9, /* objects */
	FD_PACK = 10,   /* objects/pack */
	FD_REFS = 11,   /* refs */
};

/* Sizes that no honest repository reaches. */
#define REPO_CONFIG_MAX ((size_t)1 << 20)
#define REPO_PACKED_REFS_MAX ((size_t)256 << 20)
#define REPO_LOOSE_REF_MAX 4096

struct repo_config {
	bool bare;                   /* core.bare */
	bool deny_deletes;           /* receive.denyDeletes */
	bool deny_non_fast_forwards; /* receive.denyNonFastForwards */
	bool deny_delete_current;    /* receive.denyDeleteCurrent: default true (refuse) */
	bool deny_current_branch;    /* receive.denyCurrentBranch: default true, of non-bare ones */
};

struct repo {
	const struct hash_algo *algo;
	struct repo_config config;
};

extern const struct fault fault_not_repository;    /* repository; answered like a missing one */
extern const struct fault fault_repository_format; /* repository: version or extension we refuse */
extern const struct fault fault_repository_read;   /* repository: an I/O error; the note names it */

/*
 * Takes the directory DIR (which it closes) as the repository: opens the four descriptors above at
 * their numbers, reads config and judges format and extensions.
 */
const struct fault *repo_open(struct repo *repo, int dir) MUST_USE;

/* Reads a regular file of at most LIMIT bytes below the descriptor DIR into OUT. *FOUND is false
 * and nothing is a fault if there is none. */
struct buffer;
const struct fault *repo_read_file(
	int dir, const char *path, size_t limit, struct buffer *out, bool *found) MUST_USE;

#endif
