/* SPDX-License-Identifier: ISC */
/* repo/ref_dirs.c: the directories below refs/. Stage keeper. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buffer.h"
#include "base/refname.h"
#include "repo/file_write.h"
#include "repo/ref_dirs.h"
#include "repo/ref_walk.h"
#include "repo/repo.h"

/* The directory above the last component of NAME, in place: false at "refs". */
static bool to_parent(char *name)
{
	char *slash = strrchr(name, '/');

	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

/* NAME is a directory that may be missing; its parent exists, unless somebody removes it now. */
static const struct fault *make_directory(char *name, bool *conflict)
{
	if (mkdirat(FD_REFS, ref_path(name), 0777) == 0)
		return ref_parent_sync(name);
	*conflict = errno == ENOTDIR;
	if (*conflict || errno == EEXIST || errno == ENOENT)
		return NULL;
	return fault_errno(&fault_repository_write, errno, name);
}

const struct fault *ref_parents_make(const char *name, bool *conflict)
{
	char path[REFNAME_MAX + 1];
	struct cursor text = cursor_over_text(name);

	*conflict = false;
	if (!cursor_copy_text(&text, path, sizeof path))
		return &fault_internal;
	for (char *slash = strchr(path, '/'); slash && !*conflict; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (strcmp(path, "refs") != 0)
			TRY(make_directory(path, conflict));
		*slash = '/';
	}
	return NULL;
}

const struct fault *ref_parent_sync(const char *name)
{
	char path[REFNAME_MAX + 1];
	struct cursor text = cursor_over_text(name);
	int fd = -1;

	if (!cursor_copy_text(&text, path, sizeof path))
		return &fault_internal;
	while (fd < 0 && to_parent(path)) {
		fd = openat(FD_REFS, ref_path(path),
			O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
			return fault_errno(&fault_repository_write, errno, path);
	}
	return fd < 0 ? fault_note(&fault_repository_write, "%s: no directory", name)
		      : file_finish(fd, path);
}

/* "refs/heads/a" may go, "refs/heads" may not. */
static bool may_be_pruned(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash && strchr(slash + 1, '/');
}

void ref_parents_prune(const char *name)
{
	char path[REFNAME_MAX + 1];
	struct cursor text = cursor_over_text(name);

	if (!cursor_copy_text(&text, path, sizeof path))
		return;
	while (to_parent(path) && may_be_pruned(path))
		if (unlinkat(FD_REFS, ref_path(path), AT_REMOVEDIR) < 0)
			return;
}

/* The directories found so far, each after the one it is in. */
struct hollow {
	struct buffer directories;
	bool empty;
};

static const struct fault *visit(void *arg, const char *name, bool is_directory, bool *descend)
{
	struct hollow *hollow = arg;

	*descend = hollow->empty = hollow->empty && is_directory;
	if (*descend)
		buffer_append(&hollow->directories, name, strlen(name) + 1);
	return buffer_check(&hollow->directories);
}

/* The last one first. */
static bool remove_directories(const struct buffer *directories)
{
	size_t end = directories->len, start;

	for (; end > 0; end = start) {
		start = end - 1;
		while (start > 0 && directories->bytes[start - 1] != '\0')
			start--;
		if (unlinkat(FD_REFS, ref_path((const char *)directories->bytes + start),
			    AT_REMOVEDIR) < 0)
			return false;
	}
	return true;
}

const struct fault *ref_directory_remove(const char *name, bool *empty)
{
	struct hollow hollow = {.empty = true};
	const struct fault *fault;

	buffer_append(&hollow.directories, name, strlen(name) + 1);
	fault = ref_walk(name, visit, &hollow);
	*empty = !fault && hollow.empty && remove_directories(&hollow.directories);
	buffer_free(&hollow.directories);
	return fault;
}
