/* SPDX-License-Identifier: ISC */
/* repo/quarantine.c: making, installing and sweeping quarantines. Stages request and keeper. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "repo/directory.h"
#include "repo/file.h"
#include "repo/quarantine.h"

const struct fault fault_quarantine = {BLAME_HOST, "cannot keep the objects of a push"};

/* git's prune sweeps names that begin with tmp_; the rest says that the lock is to be trusted: a
 * stock git holds none on its own quarantines. */
#define PREFIX "tmp_objdir-incoming-gitcell-"
#define PACK "pack"
#define IDX "idx"
#define MAKE_TRIES 5

static const struct fault *failed(const char *what)
{
	return fault_errno(&fault_quarantine, errno, what);
}

static int open_directory(int dir, const char *path)
{
	return openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

/* Empties and removes the quarantine NAME, open as DIR. Nothing but our two files is ever in it. */
static void remove_all(const char *name, int dir)
{
	unlinkat(dir, PACK, 0);
	unlinkat(dir, IDX, 0);
	unlinkat(FD_OBJECTS, name, AT_REMOVEDIR);
}

static void sweep_one(const char *name)
{
	int dir = open_directory(FD_OBJECTS, name);

	if (dir < 0)
		return;
	if (flock(dir, LOCK_EX | LOCK_NB) == 0)
		remove_all(name, dir);
	close(dir);
}

/* Never fails loudly: what cannot be removed now can be later. */
static void sweep(void)
{
	struct directory directory;
	const struct fault *fault;
	const char *name;
	bool found;

	fault = directory_open(&directory, FD_OBJECTS, ".", &found);
	if (fault || !found)
		return;
	while (!directory_next(&directory, &name, NULL) && name)
		if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
			sweep_one(name);
	directory_close(&directory);
}

static const struct fault *choose_name(struct quarantine *q)
{
	uint64_t number;

	if (getrandom(&number, sizeof number, 0) != sizeof number)
		return failed("getrandom");
	snprintf(q->name, sizeof q->name, PREFIX "%016llx", (unsigned long long)number);
	return NULL;
}

/* A sweep may come between the making and the locking: then it is gone, or about to go. */
static const struct fault *lock_directory(struct quarantine *q, bool *mine)
{
	struct stat stat;

	*mine = false;
	q->dir = open_directory(FD_OBJECTS, q->name);
	if (q->dir < 0)
		return errno == ENOENT ? NULL : failed(q->name);
	if (flock(q->dir, LOCK_EX | LOCK_NB) == 0)
		*mine = fstat(q->dir, &stat) == 0 && stat.st_nlink > 0;
	if (!*mine) {
		close(q->dir);
		q->dir = -1;
	}
	return NULL;
}

static const struct fault *make_directory(struct quarantine *q)
{
	const struct fault *fault;
	bool mine = false;

	for (int i = 0; i < MAKE_TRIES && !mine; i++) {
		TRY(choose_name(q));
		if (mkdirat(FD_OBJECTS, q->name, 0700) < 0)
			return failed(q->name);
		fault = lock_directory(q, &mine);
		if (!mine)
			unlinkat(FD_OBJECTS, q->name, AT_REMOVEDIR);
		if (fault)
			return fault;
	}
	return mine ? NULL : fault_note(&fault_quarantine, "%s: cannot be locked", q->name);
}

/* Read-only from the beginning for all but us, as git leaves its packs. */
static const struct fault *make_file(const struct quarantine *q, const char *path, int *fd)
{
	*fd = openat(q->dir, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
	return *fd < 0 ? failed(path) : NULL;
}

static const struct fault *make_files(struct quarantine *q)
{
	TRY(make_file(q, PACK, &q->pack));
	return make_file(q, IDX, &q->idx);
}

static void close_one(int fd)
{
	if (fd >= 0)
		close(fd);
}

const struct fault *quarantine_make(struct quarantine *q)
{
	const struct fault *fault;

	*q = (struct quarantine){.dir = -1, .pack = -1, .idx = -1};
	sweep();
	fault = make_directory(q);
	if (!fault)
		fault = make_files(q);
	if (!fault)
		return NULL;
	if (q->dir >= 0)
		remove_all(q->name, q->dir);
	close_one(q->pack);
	close_one(q->idx);
	close_one(q->dir);
	*q = (struct quarantine){.dir = -1, .pack = -1, .idx = -1};
	return fault;
}

/* Gives the file PATH of the quarantine the name NAME in objects/pack; *THERE: it has one already.
 */
static const struct fault *install(
	const struct quarantine *q, const char *path, const char *name, bool *there)
{
	*there = false;
	if (linkat(q->dir, path, FD_PACK, name, 0) == 0)
		return NULL;
	*there = errno == EEXIST;
	return *there ? NULL : failed(name);
}

/* Another pack of this name must be the same one, as far as its size can tell. */
static const struct fault *check_same_size(int pack, const char *name)
{
	struct stat stat;
	struct file file;

	if (fstat(pack, &stat) < 0)
		return failed(PACK);
	TRY(file_open(&file, FD_PACK, name));
	file_close(&file);
	if (file.kind != FILE_REGULAR || file.stat.st_size != stat.st_size)
		return fault_note(&fault_quarantine, "%s: exists and is another one", name);
	return NULL;
}

const struct fault *quarantine_install(
	const struct quarantine *q, const struct oid *checksum, const struct hash_algo *algo)
{
	char hex[OID_MAX_HEX + 1], name[sizeof "pack-.pack" + OID_MAX_HEX];
	bool there;

	oid_hex(checksum, algo, hex);
	if (fsync(q->pack) < 0 || fsync(q->idx) < 0)
		return failed(q->name);
	snprintf(name, sizeof name, "pack-%s.pack", hex);
	TRY(install(q, PACK, name, &there));
	if (there)
		TRY(check_same_size(q->pack, name));
	/* the idx is what makes a pack visible; an older one of the same pack is as good */
	snprintf(name, sizeof name, "pack-%s.idx", hex);
	TRY(install(q, IDX, name, &there));
	return fsync(FD_PACK) < 0 ? failed("objects/pack") : NULL;
}

void quarantine_remove(struct quarantine *q)
{
	if (q->name[0])
		remove_all(q->name, q->dir);
	q->name[0] = '\0';
}
