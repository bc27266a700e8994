/* SPDX-License-Identifier: ISC */
/* tests/escape/cage.c: builds the scratch directory, locks a child in and watches how it ends. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cell/boot.h"
#include "repo/repo.h"
#include "serve/push.h"
#include "tests/escape/cage.h"

#define FD_ROOT 5
#define EXIT_BROKEN 255 /* no errno is that large */

static void must(bool held, const char *what)
{
	if (held)
		return;
	dprintf(STDERR_FILENO, "# cage: %s: %s\n", what, strerrordesc_np(errno));
	_exit(EXIT_BROKEN);
}

static void make_file(int dir, const char *path, const char *content)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	must(fd >= 0 && write(fd, content, strlen(content)) >= 0, path);
	close(fd);
}

static void make_tree(const char *top)
{
	static const char *const directories[] = {"root", "root/cell.git", "root/cell.git/objects",
		"root/cell.git/objects/ab", "root/cell.git/objects/pack", "root/cell.git/refs",
		"root/cell.git/refs/heads", "root/sibling.git"};
	static const char *const files[] = {"secret", "root/cell.git/HEAD",
		"root/cell.git/objects/ab/cdef", "root/cell.git/objects/pack/pack-1.pack",
		"root/cell.git/refs/heads/main", "root/sibling.git/HEAD"};
	int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++)
		must(mkdirat(dir, directories[i], 0755) == 0, directories[i]);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		make_file(dir, files[i], "content of a file\n");
	must(symlinkat("../../secret", dir, "root/cell.git/planted") == 0, "planted");
	must(symlinkat("../sibling.git", dir, "root/cell.git/planted.git") == 0, "planted.git");
	close(dir);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static void place(int fd, int number)
{
	must(fd >= 0, "a descriptor");
	if (fd != number)
		must(dup3(fd, number, O_CLOEXEC) == number && close(fd) == 0, "dup3");
}

/* The connection, the colleague and the log; the other ends stay open at 20 to 22, unread. */
static void make_sockets(void)
{
	static const struct {
		int type, ours, theirs;
	} pairs[] = {
		{SOCK_STREAM, 0, 20}, {SOCK_SEQPACKET, FD_COLLEAGUE, 21}, {SOCK_DGRAM, FD_LOG, 22}};
	int ends[2];

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		must(socketpair(AF_UNIX, pairs[i].type, 0, ends) == 0, "socketpair");
		place(fcntl(ends[0], F_DUPFD, 30), pairs[i].ours);
		place(fcntl(ends[1], F_DUPFD, 30), pairs[i].theirs);
		if (ends[0] != pairs[i].ours)
			close(ends[0]);
		close(ends[1]);
	}
	must(dup3(0, 1, O_CLOEXEC) == 1, "dup3");
}

static void enter(enum stage stage, int root, enum layers layers, int abi_max)
{
	struct fences fences = {0};
	const struct fault *fault;
	int abi;

	if (layers == BOTH_FENCES && abi_max == LANDLOCK_ABI_MOST) {
		fault = sandbox_enter(stage, root, false, &fences);
	} else {
		fault = landlock_fence(stage, root, abi_max, &abi);
		if (!fault && layers == BOTH_FENCES)
			fault = seccomp_fence(stage);
	}
	must(!fault, fault ? fault_detail(fault) : "");
}

/* In stage request: opens the repository as its own stage would. */
static void open_repository(void)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	place((int)syscall(SYS_openat2, FD_ROOT, "cell.git", &how, sizeof how), FD_REPO);
	place(openat(FD_REPO, "objects", flags), FD_OBJECTS);
	place(openat(FD_OBJECTS, "pack", flags), FD_PACK);
	place(openat(FD_REPO, "refs", flags), FD_REFS);
}

static void make_quarantine(void)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	must(mkdirat(FD_OBJECTS, "tmp_objdir-incoming-x", 0700) == 0, "quarantine");
	place(openat(FD_OBJECTS, "tmp_objdir-incoming-x", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		FD_QUARANTINE);
	place(openat(FD_QUARANTINE, "pack", flags, 0600), FD_QUARANTINE_PACK);
	place(openat(FD_QUARANTINE, "idx", flags, 0600), FD_QUARANTINE_IDX);
}

/* What each stage holds no more. */
static void close_what_is_not_of(enum stage stage)
{
	static const int closed[STAGE_COUNT][4] = {
		[STAGE_FETCH] = {FD_COLLEAGUE, FD_QUARANTINE_PACK, FD_QUARANTINE_IDX,
			FD_QUARANTINE},
		[STAGE_PARSER] = {FD_QUARANTINE},
		[STAGE_KEEPER] = {STDOUT_FILENO},
	};

	if (stage == STAGE_KEEPER)
		close(STDIN_FILENO);
	for (size_t i = 0; i < 4 && closed[stage][i]; i++)
		close(closed[stage][i]);
	if (stage != STAGE_REQUEST)
		close(FD_ROOT);
}

static void lock_in(const char *top, enum stage stage, enum layers layers, int abi_max)
{
	struct fences fences = {0};
	char root[PATH_MAX];
	const struct fault *fault;

	must(close_range(3, ~0U, 0) == 0, "close_range");
	snprintf(root, sizeof root, "%s/root", top);
	make_sockets();
	place(open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), FD_ROOT);
	must(chdir("/") == 0, "chdir");
	fault = sandbox_prepare(&fences);
	must(!fault, "sandbox_prepare");
	enter(STAGE_REQUEST, FD_ROOT, layers, abi_max);
	open_repository();
	make_quarantine();
	close_what_is_not_of(stage);
	if (stage != STAGE_REQUEST)
		enter(stage, -1, layers, abi_max);
}

static long carry_out(const struct attempt *a)
{
	if (a->function)
		return a->function();
	return syscall(
		a->number, a->args[0], a->args[1], a->args[2], a->args[3], a->args[4], a->args[5]);
}

static int outcome_of(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : BROKEN;
	return WEXITSTATUS(status) == EXIT_BROKEN ? BROKEN : WEXITSTATUS(status);
}

int cage_try(enum stage stage, enum layers layers, int abi_max, const struct attempt *attempt)
{
	char top[] = "/dev/shm/gitcell-escape-XXXXXX"; /* thousands of trees: not on a disk */
	int status = 0;
	pid_t child;

	if (!mkdtemp(top) && !mkdtemp(strcpy(top, "/tmp/gitcell-escape-XXXXXX")))
		return BROKEN;
	child = fork();
	if (child == 0) {
		make_tree(top);
		lock_in(top, stage, layers, abi_max);
		_exit(carry_out(attempt) == -1 ? errno : WORKS);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return BROKEN;
	if (nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		return BROKEN;
	return outcome_of(status);
}

int cage_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

const char *cage_outcome(int outcome)
{
	static const char *const words[] = {
		"it works", "killed by SIGSYS", "broken", "(not tried)"};
	const char *name;

	if (outcome <= 0)
		return words[-outcome];
	name = strerrorname_np(outcome);
	return name ? name : "an unknown errno";
}
