/* SPDX-License-Identifier: ISC */
/*
 * cell/fence.h: the two fences of a stage, each by itself, for sandbox.c and its tests.
 */
#ifndef CELL_FENCE_H
#define CELL_FENCE_H

#include <stdint.h>
#include "cell/sandbox.h"

/*
 * The Landlock ABIs that we make use of. Below the least one (Linux before 5.19) no file can be
 * linked from one directory into another once a ruleset stands, so no push could be installed:
 * such a kernel counts as having no Landlock.
 */
#define LANDLOCK_ABI_LEAST 2
#define LANDLOCK_ABI_MOST 9

/* host: there is a Landlock, but its rules could not be made; never forgiven. */
extern const struct fault fault_fence;

/*
 * Restricts the process to what STAGE may do below ROOT, at the kernel's ABI or ABI_MAX, whichever
 * is less, or at the best one below that which the kernel really takes. Sets *ABI.
 */
const struct fault *landlock_fence(enum stage stage, int root, int abi_max, int *abi) MUST_USE;

/* The ABI that this kernel offers; 0: no Landlock. */
int landlock_offered(void);

/* The LANDLOCK_ACCESS_FS_* rights that STAGE keeps below its directory; all others are denied. */
uint64_t landlock_rights(enum stage stage);

/* Installs the filter of STAGE in addition to those that stand. */
const struct fault *seccomp_fence(enum stage stage) MUST_USE;

#endif
