/* SPDX-License-Identifier: ISC */
/* cell/open.h: from a grant to the directory of its repository. */
#ifndef CELL_OPEN_H
#define CELL_OPEN_H

#include "cell/policy.h"

extern const struct fault fault_root;               /* host: the root cannot be opened */
extern const struct fault fault_no_such_repository; /* policy: answered as if it were forbidden */

/* Opens the root directory of the policy. Stage boot. */
const struct fault *open_root(const char *path, int *root) MUST_USE;

/*
 * Opens the directory of the granted repository below ROOT: NAME.git, else NAME; no component may
 * be a symbolic link. Stage request. fault_no_such_repository if there is none.
 */
const struct fault *open_granted(int root, const struct grant *grant, int *dir) MUST_USE;

/*
 * Direct mode, stage boot: opens PATH as the user who runs us; unless STRICT, what git would try:
 * PATH/.git, PATH, PATH.git/.git, PATH.git.
 */
const struct fault *open_path(const char *path, bool strict, int *dir) MUST_USE;

#endif
