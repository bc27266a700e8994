/* SPDX-License-Identifier: ISC */
/*
 * repo/file.h: opening and reading files that somebody else made, by five calls: openat(2) with
 * O_RDONLY|O_CLOEXEC|O_NOFOLLOW|O_NONBLOCK, newfstatat(2) on the descriptor, read(2), close(2).
 *
 * A FIFO does not hang, a symbolic link is not followed, a device is not read.
 */
#ifndef REPO_FILE_H
#define REPO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include "base/fault.h"

enum file_kind {
	FILE_ABSENT,
	FILE_REGULAR,
	FILE_DIRECTORY,
	FILE_OTHER, /* a symbolic link, a FIFO, a device, a socket */
};

struct file {
	enum file_kind kind;
	int fd;           /* open only if kind is FILE_REGULAR, else -1 */
	struct stat stat; /* valid with fd */
};

/* Opens PATH below DIR. Faults are of the host or of its permissions only. */
const struct fault *file_open(struct file *file, int dir, const char *path) MUST_USE;
void file_close(struct file *file);

/* Appends what the regular FILE holds to OUT; fault_repository_read, with PATH in the note, if that
 * is more than LIMIT bytes. */
struct buffer;
const struct fault *file_read(
	const struct file *file, const char *path, size_t limit, struct buffer *out) MUST_USE;

#endif
