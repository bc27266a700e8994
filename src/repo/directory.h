/* SPDX-License-Identifier: ISC */
/*
 * repo/directory.h: the names in a directory, by getdents64(2) alone.
 *
 * readdir(3) asks fcntl(2) and more on the way; what runs behind a filter should need one call.
 */
#ifndef REPO_DIRECTORY_H
#define REPO_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/fault.h"

struct directory {
	int fd; /* of the open directory: fstat(2) it, but open nothing below it */
	size_t at, len;
	_Alignas(8) uint8_t entries[8192];
};

/* Opens PATH below the descriptor DIR ("." is DIR itself), following no symbolic link at its end.
 * *FOUND is false, and nothing is a fault, if it does not exist or is no directory. */
const struct fault *directory_open(
	struct directory *d, int dir, const char *path, bool *found) MUST_USE;

/* *NAME is the next entry, "." and ".." left out, valid until the next call; NULL after the last.
 * *TYPE (if not NULL) is its DT_ type: DT_UNKNOWN on file systems that do not tell. */
const struct fault *directory_next(
	struct directory *d, const char **name, unsigned char *type) MUST_USE;

void directory_close(struct directory *d);

#endif
