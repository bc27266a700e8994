/* SPDX-License-Identifier: ISC */
/* cli/tree.c: reads directories that anybody may have made; as whoever calls gitcell(1). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/buffer.h"
#include "base/mem.h"
#include "cli/tree.h"

/* Directories that wait for their turn. */
struct pending {
	char **paths;
	size_t count, cap;
};

struct walk {
	int dir;
	tree_visitor *visit;
	tree_problem *problem;
	void *arg;
	struct pending pending;
};

int tree_open(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

static const struct fault *postpone(struct pending *pending, const char *path)
{
	if (!mem_grow(&pending->paths, pending->count, &pending->cap, sizeof *pending->paths))
		return &fault_memory;
	pending->paths[pending->count] = mem_text(path, strlen(path));
	return pending->paths[pending->count++] ? NULL : &fault_memory;
}

static void tell(const struct walk *walk, const char *path, int error)
{
	if (walk->problem)
		walk->problem(walk->arg, path, error);
}

static const struct fault *visit_entry(struct walk *walk, const char *path, const char *name)
{
	struct tree_entry entry = {.dir = walk->dir, .path = path, .name = name};

	if (fstatat(walk->dir, path, &entry.stat, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT) /* gone since it was listed */
			tell(walk, path, errno);
		return NULL;
	}
	if (walk->visit(walk->arg, &entry) && S_ISDIR(entry.stat.st_mode))
		return postpone(&walk->pending, path);
	return NULL;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static const struct fault *visit_directory(struct walk *walk, const char *path)
{
	int fd = tree_open(walk->dir, path);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct fault *fault = NULL;
	struct buffer whole = BUFFER_INIT;
	struct dirent *entry;

	if (!stream) {
		tell(walk, path, errno);
		return NULL;
	}
	while (!fault && (entry = readdir(stream))) {
		if (is_dot(entry->d_name))
			continue;
		buffer_reset(&whole);
		if (strcmp(path, ".") != 0)
			buffer_format(&whole, "%s/", path);
		buffer_text(&whole, entry->d_name);
		fault = buffer_check(&whole);
		if (!fault)
			fault = visit_entry(walk, buffer_cstr(&whole), entry->d_name);
	}
	buffer_free(&whole);
	closedir(stream);
	return fault;
}

const struct fault *tree_walk(int dir, tree_visitor *visit, tree_problem *problem, void *arg)
{
	struct walk walk = {dir, visit, problem, arg, {0}};
	const struct fault *fault = visit_directory(&walk, ".");

	while (walk.pending.count) {
		char *path = walk.pending.paths[--walk.pending.count];
		if (!fault)
			fault = visit_directory(&walk, path);
		free(path);
	}
	free(walk.pending.paths);
	return fault;
}
