/* SPDX-License-Identifier: ISC */
/* repo/file.c: files of a repository, read without trusting what they are. Any stage. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include "base/buffer.h"
#include "repo/file.h"
#include "repo/repo.h"

/* What a failed open says about what is there; FILE_REGULAR if it says nothing. */
static enum file_kind kind_by_errno(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR: /* a part of the path is a file: nothing can be below it */
		return FILE_ABSENT;
	case ELOOP: /* a symbolic link */
	case ENXIO: /* a socket, or a device without a driver */
	case ENODEV:
		return FILE_OTHER;
	default:
		return FILE_REGULAR;
	}
}

static enum file_kind kind_by_mode(mode_t mode)
{
	return S_ISREG(mode) ? FILE_REGULAR : S_ISDIR(mode) ? FILE_DIRECTORY : FILE_OTHER;
}

const struct fault *file_open(struct file *file, int dir, const char *path)
{
	const struct fault *fault = NULL;

	file->fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file->fd < 0) {
		file->kind = kind_by_errno(errno);
		return file->kind == FILE_REGULAR ? fault_errno(&fault_repository_read, errno, path)
						  : NULL;
	}
	if (fstat(file->fd, &file->stat) < 0)
		fault = fault_errno(&fault_repository_read, errno, path);
	file->kind = fault ? FILE_OTHER : kind_by_mode(file->stat.st_mode);
	if (file->kind != FILE_REGULAR)
		file_close(file);
	return fault;
}

void file_close(struct file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

const struct fault *file_read(
	const struct file *file, const char *path, size_t limit, struct buffer *out)
{
	size_t left;
	uint8_t *room;
	ssize_t got;

	if (file->stat.st_size < 0 || (uintmax_t)file->stat.st_size > limit)
		return fault_note(&fault_repository_read, "%s: larger than %zu bytes", path, limit);
	/* one byte more than there is, to see that it did not grow */
	left = (size_t)file->stat.st_size + 1;
	room = buffer_reserve(out, left);
	if (!room)
		return buffer_check(out);
	while (left > 0 && (got = read(file->fd, room, left)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_errno(&fault_repository_read, errno, path);
		room += got;
		left -= (size_t)got;
		out->len += (size_t)got;
	}
	return left ? NULL : fault_note(&fault_repository_read, "%s: grew while read", path);
}

const struct fault *repo_read_file(
	int dir, const char *path, size_t limit, struct buffer *out, bool *found)
{
	const struct fault *fault;
	struct file file;

	TRY(file_open(&file, dir, path));
	*found = file.kind == FILE_REGULAR;
	if (file.kind == FILE_ABSENT)
		return NULL;
	if (file.kind != FILE_REGULAR)
		return fault_note(&fault_repository_read, "%s: not a regular file", path);
	fault = file_read(&file, path, limit, out);
	file_close(&file);
	return fault;
}
