/* SPDX-License-Identifier: ISC */
/*
 * cell/sandbox.c: goes from stage to stage; each one is two fences and can never be left.
 *
 * Landlock first: no filter but request's lets a process install anything any more.
 */
#include <errno.h>
#include <sys/prctl.h>
#include "cell/fence.h"

const struct fault *sandbox_prepare(struct fences *fences)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fault_errno(&fault_no_seccomp, errno, "PR_SET_NO_NEW_PRIVS");
	fences->no_new_privs = true;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fault_errno(&fault_no_seccomp, errno, "PR_SET_DUMPABLE");
	return NULL;
}

/* FAULT, unless it only says that the kernel lacks a fence and the policy can do without. */
static const struct fault *forgive(const struct fault *fault, bool allow_missing)
{
	bool missing = fault == &fault_no_landlock || fault == &fault_no_seccomp;

	return allow_missing && missing ? NULL : fault;
}

const struct fault *sandbox_enter(
	enum stage stage, int root, bool allow_missing, struct fences *fences)
{
	const struct fault *fault;

	fences->landlock_abi = 0;
	TRY(forgive(landlock_fence(stage, root, LANDLOCK_ABI_MOST, &fences->landlock_abi),
		allow_missing));
	fault = seccomp_fence(stage);
	fences->seccomp = !fault;
	return forgive(fault, allow_missing);
}
