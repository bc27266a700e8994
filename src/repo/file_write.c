/* SPDX-License-Identifier: ISC */
/* repo/file_write.c: durable writing. Stages keeper and request. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "repo/file_write.h"

const struct fault fault_repository_write = {BLAME_HOST, "cannot write to the repository"};

#define CREATE (O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW)

const struct fault *file_create(int dir, const char *path, mode_t mode, int *fd)
{
	*fd = openat(dir, path, CREATE, mode);
	if (*fd < 0 && errno == EEXIST && unlinkat(dir, path, 0) == 0)
		*fd = openat(dir, path, CREATE, mode);
	return *fd < 0 ? fault_errno(&fault_repository_write, errno, path) : NULL;
}

const struct fault *file_append(int fd, const char *path, const void *bytes, size_t len)
{
	const char *from = bytes;
	ssize_t put;

	while (len > 0) {
		put = write(fd, from, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fault_errno(&fault_repository_write, errno, path);
		from += put;
		len -= (size_t)put;
	}
	return NULL;
}

const struct fault *file_finish(int fd, const char *path)
{
	const struct fault *fault = NULL;

	if (fsync(fd) < 0)
		fault = fault_errno(&fault_repository_write, errno, path);
	if (close(fd) < 0 && !fault)
		fault = fault_errno(&fault_repository_write, errno, path);
	return fault;
}

const struct fault *directory_sync(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return fault_errno(&fault_repository_write, errno, path);
	return file_finish(fd, path);
}
