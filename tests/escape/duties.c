/* SPDX-License-Identifier: ISC */
/* tests/escape/duties.c: what a stage is for; a filter that forbids it is as wrong as a loose one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "cell/boot.h"
#include "repo/repo.h"
#include "serve/push.h"
#include "tests/escape/attempts.h"

#define TO_READ (O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
#define TO_CREATE (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* Each duty is a chain of calls that all have to succeed. */
static long all(bool held)
{
	return held ? 0 : -1;
}

long reads_an_object(void)
{
	int fd = openat(FD_OBJECTS, "ab/cdef", TO_READ);
	struct stat st;
	char bytes[8];

	return all(fd >= 0 && fstat(fd, &st) == 0 && read(fd, bytes, 8) == 8 && close(fd) == 0);
}

long lists_a_directory(void)
{
	int fd = openat(FD_REFS, "heads", TO_READ | O_DIRECTORY);
	char entries[4096];

	return all(fd >= 0 && syscall(SYS_getdents64, fd, entries, sizeof entries) > 0 &&
		   close(fd) == 0);
}

long maps_a_pack(void)
{
	int fd = openat(FD_PACK, "pack-1.pack", TO_READ);
	void *one = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	void *other = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	return all(one != MAP_FAILED && other != MAP_FAILED &&
		   madvise(one, 4096, MADV_SEQUENTIAL) == 0 && munmap(one, 4096) == 0);
}

long uses_memory(void)
{
	char *small = malloc(100), *large = malloc((size_t)8 << 20), *larger;

	if (!small || !large)
		return -1;
	memset(large, 1, (size_t)8 << 20);
	larger = realloc(large, (size_t)16 << 20);
	free(small);
	free(larger);
	return all(larger != NULL);
}

long waits(void)
{
	struct pollfd in = {STDERR_FILENO, POLLIN, 0};
	const struct timespec moment = {0, 1000000};

	return ppoll(&in, 1, &moment, NULL);
}

long talks_and_logs(void)
{
	return all(write(STDOUT_FILENO, "x", 1) == 1 && write(FD_LOG, "x", 1) == 1);
}

/* By the calls themselves, as on machines where the vDSO has no clock. */
long asks_the_clock_and_chance(void)
{
	struct timespec now;
	char seed[8];

	return all(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) == 0 &&
		   getrandom(seed, sizeof seed, 0) == sizeof seed);
}

long stores_a_pack(void)
{
	char bytes[4];
	void *pack;

	if (pwrite(FD_QUARANTINE_PACK, "PACK", 4, 0) != 4 ||
		pread(FD_QUARANTINE_PACK, bytes, 4, 0) != 4 ||
		pwrite(FD_QUARANTINE_IDX, "x", 1, 0) != 1)
		return -1;
	pack = mmap(NULL, 4, PROT_READ, MAP_SHARED, FD_QUARANTINE_PACK, 0);
	return all(pack != MAP_FAILED && write(FD_COLLEAGUE, "x", 1) == 1);
}

/* A lock is a link to a guard that is held by flock(); a value goes through a file of its own. */
long moves_a_ref(void)
{
	int guard = openat(FD_REPO, "guard", TO_CREATE, 0666), value, heads;

	if (guard < 0 || flock(guard, LOCK_EX | LOCK_NB) || mkdirat(FD_REFS, "heads/a", 0777) ||
		linkat(FD_REPO, "guard", FD_REFS, "heads/a/b.lock", 0))
		return -1;
	value = openat(FD_REPO, "value", TO_CREATE, 0666);
	heads = openat(FD_REFS, "heads/a", TO_READ | O_DIRECTORY);
	return all(value >= 0 && heads >= 0 && write(value, "x", 1) == 1 && fsync(value) == 0 &&
		   renameat(FD_REPO, "value", FD_REFS, "heads/a/b") == 0 && fsync(heads) == 0 &&
		   unlinkat(FD_REFS, "heads/a/b.lock", 0) == 0 &&
		   unlinkat(FD_REFS, "heads/a/b", 0) == 0 &&
		   unlinkat(FD_REFS, "heads/a", AT_REMOVEDIR) == 0);
}

long installs_a_pack(void)
{
	char trailer[20];

	return all(pread(FD_QUARANTINE_PACK, trailer, sizeof trailer, 0) == 0 &&
		   fsync(FD_QUARANTINE_PACK) == 0 &&
		   linkat(FD_QUARANTINE, "pack", FD_PACK, "pack-2.pack", 0) == 0 &&
		   linkat(FD_QUARANTINE, "idx", FD_PACK, "pack-2.idx", 0) == 0 &&
		   fsync(FD_PACK) == 0);
}

long sweeps_the_quarantine(void)
{
	return all(unlinkat(FD_QUARANTINE, "pack", 0) == 0 &&
		   unlinkat(FD_QUARANTINE, "idx", 0) == 0 &&
		   unlinkat(FD_OBJECTS, "tmp_objdir-incoming-x", AT_REMOVEDIR) == 0 &&
		   waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* The end of another push that died, from opening its directory to removing it. */
long sweeps_a_dead_quarantine(void)
{
	int dir = openat(FD_OBJECTS, "tmp_objdir-incoming-x", TO_READ | O_DIRECTORY);

	return all(dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) == 0 &&
		   unlinkat(dir, "pack", 0) == 0 && unlinkat(dir, "idx", 0) == 0 &&
		   unlinkat(FD_OBJECTS, "tmp_objdir-incoming-x", AT_REMOVEDIR) == 0);
}

long makes_a_colleague(void)
{
	int ends[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	child = fork();
	if (child == 0)
		_exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
	return all(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}
