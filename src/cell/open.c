/* SPDX-License-Identifier: ISC */
/*
 * cell/open.c: the only place where a path that a client named becomes a descriptor. Stages boot
 * and request; what is opened is judged by repo/repo.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cell/open.h"
#include "repo/repo.h"

/* How often openat2() may say EAGAIN: somebody renames directories under us all the time. */
#define TRIES_MAX 16

const struct fault fault_root = {BLAME_HOST, "cannot open the root of the repositories"};

const struct fault fault_no_such_repository = {BLAME_POLICY, "no such repository"};

const struct fault *open_root(const char *path, int *root)
{
	*root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *root < 0 ? fault_errno(&fault_root, errno, path) : NULL;
}

static int open_beneath(int root, const char *name)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	for (int tries = 0; tries < TRIES_MAX; tries++) {
		fd = (int)syscall(SYS_openat2, root, name, &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

const struct fault *open_granted(int root, const struct grant *grant, int *dir)
{
	static const char *const suffixes[] = {".git", ""};
	char name[REPOSITORY_NAME_MAX + sizeof ".git"];

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(name, sizeof name, "%s%s", grant_name(grant), suffixes[i]);
		*dir = open_beneath(root, name);
		if (*dir >= 0)
			return NULL;
		if (errno != ENOENT)
			return fault_errno(&fault_not_repository, errno, name);
	}
	return &fault_no_such_repository;
}

/* Is DIR, below the current directory, a directory with a HEAD. */
static int open_if_repository(const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0 || !faccessat(dir, "HEAD", F_OK, AT_SYMLINK_NOFOLLOW))
		return dir;
	close(dir);
	errno = ENOENT;
	return -1;
}

const struct fault *open_path(const char *path, bool strict, int *dir)
{
	static const char *const suffixes[] = {"/.git", "", ".git/.git", ".git"};
	char tried[REQUEST_MAX + sizeof ".git/.git"];
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	*dir = -1;
	if (len && len < REQUEST_MAX && strict)
		*dir = open_if_repository(path);
	for (size_t i = 0; len && len < REQUEST_MAX && !strict && *dir < 0 && i < 4; i++) {
		snprintf(tried, sizeof tried, "%.*s%s", (int)len, path, suffixes[i]);
		*dir = open_if_repository(tried);
	}
	return *dir < 0 ? fault_note(&fault_not_repository, "%s", path) : NULL;
}
