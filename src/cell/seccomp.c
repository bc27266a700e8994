/* SPDX-License-Identifier: ISC */
/*
 * cell/seccomp.c: which system calls a stage may make. Entering a stage; trusts its own process
 * still. The programs are constants, compiled from seccomp/STAGE.policy by seccomp/mkfilter.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cell/fence.h"

const struct fault fault_no_seccomp = {BLAME_HOST,
	"the kernel does not let us install a seccomp filter (CONFIG_SECCOMP_FILTER; is "
	"gitcell-serve "
	"inside a sandbox that forbids its own?)"};

#ifdef GITCELL_SANDBOX_TRAP
/* For developers, never in a release: says on stderr which call is missing from a policy. */
static void name_the_call(int signal_number, siginfo_t *info, void *context)
{
	char line[80];
	int len = snprintf(line, sizeof line, "gitcell: system call %d is not in the policy\n",
		info->si_syscall);

	(void)signal_number;
	(void)context;
	if (write(STDERR_FILENO, line, (size_t)len) < 0)
		_exit(1);
	_exit(128 + SIGSYS);
}

static void report_instead_of_dying(void)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = name_the_call};

	sigaction(SIGSYS, &action, NULL);
}
#endif

const struct fault *seccomp_fence(enum stage stage)
{
	const struct sock_fprog program = {
		.len = (unsigned short)filters[stage].program_len,
		.filter = (struct sock_filter *)(uintptr_t)filters[stage].program,
	};

#ifdef GITCELL_SANDBOX_TRAP
	if (stage == STAGE_REQUEST) /* no later stage may change handlers */
		report_instead_of_dying();
#endif
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return fault_errno(&fault_no_seccomp, errno, filters[stage].stage);
	return NULL;
}
