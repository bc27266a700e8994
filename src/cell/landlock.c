/* SPDX-License-Identifier: ISC */
/*
 * cell/landlock.c: which files a stage may touch. Entering a stage; trusts its own process still.
 *
 * A ruleset handles (that is: denies) every right that its ABI knows and then allows a few of them
 * below one directory, given by descriptor. Rulesets stack, the stage's on top of request's. No
 * rule allows the network, so TCP is denied where the ABI knows it; signals and abstract sockets
 * reach only our own domain. Descriptors that are open already keep what they could.
 *
 * What a lower ABI lacks is denied by the seccomp filters in any case, see gitcell-sandbox(7).
 */
#include <errno.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cell/fence.h"
#include "repo/repo.h"

const struct fault fault_no_landlock = {BLAME_HOST,
	"the kernel offers no Landlock of ABI 2 or later (Linux 5.19 with CONFIG_SECURITY_LANDLOCK "
	"and \"landlock\" in the boot parameter lsm=)"};

const struct fault fault_fence = {BLAME_HOST, "Landlock cannot be applied"};

/* Newer than some kernel headers we build with. */
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define FS_RESOLVE_UNIX (1ULL << 16)
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* What each ABI adds, by its number. */
static const struct ruleset added[LANDLOCK_ABI_MOST + 1] = {
	[1] = {.fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1}, /* all thirteen up to this one */
	[2] = {.fs = LANDLOCK_ACCESS_FS_REFER},
	[3] = {.fs = FS_TRUNCATE},
	[4] = {.net = NET_BIND_TCP | NET_CONNECT_TCP},
	[5] = {.fs = FS_IOCTL_DEV},
	[6] = {.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL},
	[9] = {.fs = FS_RESOLVE_UNIX}, /* 7 and 8: audit and threads, nothing to handle */
};

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                    \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                     \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | FS_TRUNCATE)

/* What each stage may do below its directory; no stage executes or makes anything but plain files.
 */
static const uint64_t allowed[STAGE_COUNT] = {
	[STAGE_REQUEST] = READING | WRITING,
	[STAGE_FETCH] = READING,
	[STAGE_PARSER] = READING,
	[STAGE_KEEPER] = READING | WRITING,
};

uint64_t landlock_rights(enum stage stage)
{
	return allowed[stage];
}

int landlock_offered(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

static struct ruleset handled_by(int abi)
{
	struct ruleset all = {0};

	for (int i = 1; i <= abi; i++) {
		all.fs |= added[i].fs;
		all.net |= added[i].net;
		all.scoped |= added[i].scoped;
	}
	return all;
}

/* The kernel refuses sizes it does not know unless the rest is zero; older ones know less. */
static size_t ruleset_size(int abi)
{
	if (abi < 4)
		return offsetof(struct ruleset, net);
	return abi < 6 ? offsetof(struct ruleset, scoped) : sizeof(struct ruleset);
}

/* A ruleset at ABI, or at the best one below it: some kernels claim more than they take. */
static int create_ruleset(int abi, struct ruleset *handled, int *achieved)
{
	for (; abi >= LANDLOCK_ABI_LEAST; abi--) {
		*handled = handled_by(abi);
		*achieved = abi;
		int fd = (int)syscall(SYS_landlock_create_ruleset, handled, ruleset_size(abi), 0);
		if (fd >= 0 || errno != EINVAL)
			return fd;
	}
	return -1;
}

static const struct fault *restrict_self(int ruleset, int directory, uint64_t rights)
{
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = rights,
		.parent_fd = directory,
	};

	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		return fault_errno(&fault_fence, errno, "landlock_add_rule");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0))
		return fault_errno(&fault_fence, errno, "landlock_restrict_self");
	return NULL;
}

const struct fault *landlock_fence(enum stage stage, int root, int abi_max, int *abi)
{
	int offered =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset handled;
	const struct fault *fault;
	int fd, achieved = 0;

	if (offered < 0)
		return fault_errno(&fault_no_landlock, errno, "landlock_create_ruleset");
	errno = EINVAL; /* if the ABI is below our least one */
	fd = create_ruleset(offered < abi_max ? offered : abi_max, &handled, &achieved);
	if (fd < 0)
		return fault_errno(&fault_no_landlock, errno, "landlock_create_ruleset");
	fault = restrict_self(
		fd, stage == STAGE_REQUEST ? root : FD_REPO, allowed[stage] & handled.fs);
	close(fd);
	if (!fault)
		*abi = achieved;
	return fault;
}
