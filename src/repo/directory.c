/* SPDX-License-Identifier: ISC */
/* repo/directory.c: reading directories of a repository. Stages fetch, parser, keeper. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include "repo/directory.h"
#include "repo/repo.h"

const struct fault fault_repository_read = {BLAME_REPOSITORY, "cannot read the repository"};

const struct fault *directory_open(struct directory *d, int dir, const char *path, bool *found)
{
	d->at = d->len = 0;
	d->fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	*found = d->fd >= 0;
	if (*found || errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return NULL;
	return fault_errno(&fault_repository_read, errno, path);
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

const struct fault *directory_next(struct directory *d, const char **name, unsigned char *type)
{
	const struct dirent64 *entry;

	do {
		if (d->at == d->len) {
			ssize_t got = getdents64(d->fd, d->entries, sizeof d->entries);
			if (got < 0 && errno == ENOENT)
				got = 0; /* somebody has removed it meanwhile */
			if (got < 0)
				return fault_errno(&fault_repository_read, errno, "getdents64");
			d->at = 0;
			d->len = (size_t)got;
		}
		if (d->at == d->len) {
			*name = NULL;
			return NULL;
		}
		/* The kernel aligned it and ended the name with a NUL. */
		entry = (const void *)(d->entries + d->at);
		d->at += entry->d_reclen;
	} while (is_dot(entry->d_name));
	*name = entry->d_name;
	if (type)
		*type = entry->d_type;
	return NULL;
}

void directory_close(struct directory *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}
