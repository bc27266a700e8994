/* SPDX-License-Identifier: ISC */
/*
 * repo/file_write.h: making files and directories that a power cut cannot take back. Stages keeper
 * and, for the quarantine, request.
 */
#ifndef REPO_FILE_WRITE_H
#define REPO_FILE_WRITE_H

#include <stddef.h>
#include <sys/types.h>
#include "base/fault.h"

extern const struct fault fault_repository_write; /* host; the note names the file and the error */

/* Creates PATH below DIR, which must not exist, for writing; one of that name that a crash left is
 * removed first. */
const struct fault *file_create(int dir, const char *path, mode_t mode, int *fd) MUST_USE;

/* Writes all of it; short writes go on. */
const struct fault *file_append(int fd, const char *path, const void *bytes, size_t len) MUST_USE;

/* Makes what was written to FD last, and closes it even if that fails. */
const struct fault *file_finish(int fd, const char *path) MUST_USE;

/* Makes the entries of the directory PATH below DIR last. */
const struct fault *directory_sync(int dir, const char *path) MUST_USE;

#endif
