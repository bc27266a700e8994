/* SPDX-License-Identifier: ISC */
/* seccomp/constants.c: the words that a policy may use for numbers, from the headers themselves. */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "cell/boot.h"
#include "repo/repo.h"
#include "seccomp/policy.h"
#include "serve/push.h"

#define CONSTANT(name)                                                                             \
	{                                                                                          \
#name, (uint64_t)(name)                                                            \
	}

static const struct constant {
	const char *name;
	uint64_t value;
} constants[] = {
	CONSTANT(AF_UNIX),
	CONSTANT(AT_EMPTY_PATH),
	CONSTANT(CLONE_CHILD_CLEARTID),
	CONSTANT(CLONE_CHILD_SETTID),
	CONSTANT(FD_LOG),
	CONSTANT(FD_SLOTS),
	CONSTANT(FD_PACK),
	CONSTANT(FD_QUARANTINE),
	CONSTANT(FD_QUARANTINE_PACK),
	CONSTANT(FD_REPO),
	CONSTANT(ITIMER_REAL),
	CONSTANT(MAP_SHARED),
	CONSTANT(O_ACCMODE),
	CONSTANT(O_CLOEXEC),
	CONSTANT(O_CREAT),
	CONSTANT(O_EXCL),
	CONSTANT(O_NOFOLLOW),
	CONSTANT(O_PATH),
	CONSTANT(O_TRUNC),
	CONSTANT(O_WRONLY),
	CONSTANT(PROT_EXEC),
	CONSTANT(PROT_WRITE),
	CONSTANT(PR_SET_PDEATHSIG),
	CONSTANT(SECCOMP_SET_MODE_FILTER),
	CONSTANT(SIGCHLD),
	CONSTANT(SIGKILL),
};

bool constant_value(const char *name, uint64_t *out)
{
	for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
		if (strcmp(constants[i].name, name) == 0) {
			*out = constants[i].value;
			return true;
		}
	return false;
}

int errno_number(const char *name)
{
	for (int number = 1; number < 256; number++) {
		const char *known = strerrorname_np(number);
		if (known && strcmp(known, name) == 0)
			return number;
	}
	return 0;
}
