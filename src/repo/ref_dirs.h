/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_dirs.h: the directories that names of refs imply. They come and go with the refs, and a
 * stock git beside us makes and removes them, too. Stage keeper.
 */
#ifndef REPO_REF_DIRS_H
#define REPO_REF_DIRS_H

#include <stdbool.h>
#include "base/fault.h"

/* Makes the directories above the ref NAME that are missing. *CONFLICT: one of them is a ref. */
const struct fault *ref_parents_make(const char *name, bool *conflict) MUST_USE;

/* Makes the nearest directory above NAME that still exists last. */
const struct fault *ref_parent_sync(const char *name) MUST_USE;

/* Removes those above NAME that are empty, but never "refs/heads" or another of that depth. */
void ref_parents_prune(const char *name);

/* Removes the directory NAME and those in it, if nothing else is in it. *EMPTY: it was so. */
const struct fault *ref_directory_remove(const char *name, bool *empty) MUST_USE;

#endif
