/* SPDX-License-Identifier: ISC */
/* repo/ref_lock.c: taking and releasing locks. Stage keeper. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include "base/refname.h"
#include "repo/file.h"
#include "repo/file_write.h"
#include "repo/packed_refs_write.h"
#include "repo/ref_dirs.h"
#include "repo/ref_lock.h"
#include "repo/ref_walk.h"
#include "repo/repo.h"

#define GUARD "gitcell.lock"
#define GUARD_MODE 0660 /* who may not write here may not hold us up either */
#define PACKED_LOCK "packed-refs.lock"
#define PAUSE_MS 5
#define PARENT_TRIES 3 /* somebody may remove the directory that we made for a lock */

static void pause_briefly(void)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};

	ppoll(NULL, 0, &pause, NULL);
}

/* Opens the guard that is there; *FD is -1 if there is none. */
static const struct fault *open_guard(int *fd)
{
	struct file file;

	TRY(file_open(&file, FD_REPO, GUARD));
	if (file.kind != FILE_REGULAR && file.kind != FILE_ABSENT)
		return fault_note(&fault_repository_write, GUARD ": not a regular file");
	*fd = file.fd;
	return NULL;
}

/* Makes it, or opens it; *FD is -1 if it went away between. */
static const struct fault *make_guard(int *fd)
{
	*fd = openat(
		FD_REPO, GUARD, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, GUARD_MODE);
	if (*fd >= 0)
		return NULL;
	if (errno != EEXIST)
		return fault_errno(&fault_repository_write, errno, GUARD);
	return open_guard(fd);
}

/* Holds FD if it is free and still has a name: its last holder may have removed it. */
static const struct fault *hold_guard(int fd, bool *held, struct stat *stat)
{
	*held = false;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK || errno == EINTR
			       ? NULL
			       : fault_errno(&fault_repository_write, errno, GUARD);
	if (fstat(fd, stat) < 0)
		return fault_errno(&fault_repository_write, errno, GUARD);
	*held = stat->st_nlink > 0;
	return NULL;
}

static const struct fault *try_guard(
	struct ref_guard *guard, const struct fault *(*open)(int *fd), struct stat *stat)
{
	const struct fault *fault;
	bool held = false;

	TRY(open(&guard->fd));
	if (guard->fd < 0)
		return NULL;
	fault = hold_guard(guard->fd, &held, stat);
	if (!held) {
		close(guard->fd);
		guard->fd = -1;
	}
	return fault;
}

/* Removes PATH below DIR if it is a link to the guard. */
static const struct fault *remove_link(int dir, const char *path, const struct stat *guard)
{
	struct file file;

	TRY(file_open(&file, dir, path));
	file_close(&file);
	if (file.kind == FILE_REGULAR && file.stat.st_ino == guard->st_ino &&
		file.stat.st_dev == guard->st_dev)
		unlinkat(dir, path, 0);
	return NULL;
}

static bool is_lock(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".lock") == 0;
}

static const struct fault *visit(void *arg, const char *name, bool is_directory, bool *descend)
{
	*descend = is_directory;
	if (is_directory || !is_lock(name))
		return NULL;
	return remove_link(FD_REFS, ref_path(name), arg);
}

/* A temporary file is never left without a lock on the ref, or packed-refs, that it is for. */
static const struct fault *sweep(struct stat *guard)
{
	if (guard->st_nlink == 1)
		return NULL;
	unlinkat(FD_REPO, REF_VALUE_FILE, 0);
	unlinkat(FD_REPO, PACKED_NEW_FILE, 0);
	TRY(remove_link(FD_REPO, PACKED_LOCK, guard));
	return ref_walk("refs", visit, guard);
}

const struct fault *ref_guard_enter(struct ref_guard *guard)
{
	const struct fault *fault;
	struct stat stat;

	*guard = (struct ref_guard){.fd = -1, .patience_ms = REF_LOCKS_WAIT_MS};
	for (unsigned waited = 0; guard->fd < 0; waited += PAUSE_MS) {
		if (waited >= REF_GUARD_WAIT_MS)
			return fault_note(
				&fault_repository_write, GUARD ": another push does not finish");
		if (waited)
			pause_briefly();
		TRY(try_guard(guard, make_guard, &stat));
	}
	fault = sweep(&stat);
	if (fault)
		ref_guard_leave(guard);
	return fault;
}

void ref_guard_leave(struct ref_guard *guard)
{
	struct stat stat;

	/* while links are left they can only be known by this name */
	if (fstat(guard->fd, &stat) == 0 && stat.st_nlink == 1)
		unlinkat(FD_REPO, GUARD, 0);
	close(guard->fd);
	guard->fd = -1;
}

void ref_guard_sweep(void)
{
	struct ref_guard guard = {.fd = -1};
	struct stat stat;

	if (try_guard(&guard, open_guard, &stat) || guard.fd < 0)
		return;
	if (!sweep(&stat))
		ref_guard_leave(&guard);
	else
		close(guard.fd);
}

/* Links PATH below DIR to the guard; an errno, 0 if it is ours now. Waits while somebody has it. */
static int link_lock(int dir, const char *path, unsigned *patience_ms)
{
	while (linkat(FD_REPO, GUARD, dir, path, 0) < 0) {
		if (errno != EEXIST || *patience_ms < PAUSE_MS)
			return errno;
		*patience_ms -= PAUSE_MS;
		pause_briefly();
	}
	return 0;
}

/* The same for a ref, within what it may wait by itself and what is left for all. */
static int link_ref_lock(struct ref_guard *guard, const char *path)
{
	unsigned all = guard->patience_ms;
	unsigned own = all < REF_LOCK_WAIT_MS ? all : REF_LOCK_WAIT_MS, left = own;
	int error = link_lock(FD_REFS, path, &left);

	guard->patience_ms = all - (own - left);
	return error;
}

/* "heads/x.lock" of "refs/heads/x". */
static void lock_path(const char *name, char out[REFNAME_MAX + sizeof ".lock"])
{
	size_t len = strlen(ref_path(name));

	memcpy(out, ref_path(name), len);
	memcpy(out + len, ".lock", sizeof ".lock");
}

const struct fault *ref_lock(struct ref_guard *guard, const char *name, const char **refusal)
{
	char path[REFNAME_MAX + sizeof ".lock"];
	int error = ENOENT;
	bool conflict = false;

	lock_path(name, path);
	for (int i = 0; i < PARENT_TRIES && error == ENOENT && !conflict; i++) {
		error = link_ref_lock(guard, path);
		if (error == ENOENT)
			TRY(ref_parents_make(name, &conflict));
	}
	*refusal = NULL;
	if (conflict || error == ENOTDIR)
		*refusal = REFUSED_CONFLICT;
	else if (error == EEXIST || error == ENAMETOOLONG)
		*refusal = REFUSED_OTHERWISE;
	else if (error)
		return fault_errno(&fault_repository_write, error, path);
	return NULL;
}

void ref_unlock(const char *name)
{
	char path[REFNAME_MAX + sizeof ".lock"];

	lock_path(name, path);
	unlinkat(FD_REFS, path, 0);
}

const struct fault *packed_refs_lock(bool *taken)
{
	unsigned patience_ms = PACKED_LOCK_WAIT_MS;
	int error = link_lock(FD_REPO, PACKED_LOCK, &patience_ms);

	*taken = error == 0;
	if (error && error != EEXIST)
		return fault_errno(&fault_repository_write, error, PACKED_LOCK);
	return NULL;
}

void packed_refs_unlock(void)
{
	unlinkat(FD_REPO, PACKED_LOCK, 0);
}
