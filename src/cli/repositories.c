/* SPDX-License-Identifier: ISC */
/* cli/repositories.c: reads a root of repositories as whoever calls gitcell(1); trusts none. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/buffer.h"
#include "base/mem.h"
#include "cli/repositories.h"

const struct fault fault_cli_root = {BLAME_HOST, "cannot use the root of the repositories"};

const struct fault *root_open(const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? fault_errno(&fault_cli_root, errno, path) : NULL;
}

static bool is_a(int dir, const char *path, const char *name, mode_t kind)
{
	struct buffer whole = BUFFER_INIT;
	struct stat st;
	bool is;

	buffer_format(&whole, "%s/%s", path, name);
	is = fstatat(dir, buffer_cstr(&whole), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	     (st.st_mode & S_IFMT) == kind;
	buffer_free(&whole);
	return is;
}

/* One with a part missing is still one, and broken: two of three will do. */
bool looks_like_repository(int dir, const char *path)
{
	int parts = is_a(dir, path, "HEAD", S_IFREG) + is_a(dir, path, "objects", S_IFDIR) +
		    is_a(dir, path, "refs", S_IFDIR);

	return parts >= 2 || is_a(dir, path, ".git", S_IFDIR);
}

static void add(struct repositories *all, const char *path)
{
	char name[REPOSITORY_NAME_MAX + 1];
	struct repository found = {.path = mem_text(path, strlen(path))};

	if (!repository_name(cursor_over_text(path), name))
		found.name = mem_text(name, strlen(name));
	if (!found.path || !mem_grow(&all->list, all->count, &all->cap, sizeof *all->list)) {
		free(found.path);
		free(found.name);
		all->failed = &fault_memory;
		return;
	}
	all->list[all->count++] = found;
}

/* Names that no client can say are not looked into. */
static bool is_hidden(const char *name)
{
	return strchr("-.~", *name) != NULL;
}

static bool visit(void *arg, const struct tree_entry *entry)
{
	struct repositories *all = arg;

	if (!S_ISDIR(entry->stat.st_mode) || is_hidden(entry->name))
		return false;
	if (!looks_like_repository(entry->dir, entry->path))
		return true;
	add(all, entry->path);
	return false;
}

static void pass_problem(void *arg, const char *path, int error)
{
	const struct repositories *all = arg;

	if (all->problem)
		all->problem(all->arg, path, error);
}

static int by_path(const void *a, const void *b)
{
	const struct repository *x = a, *y = b;

	return strcmp(x->path, y->path);
}

const struct fault *repositories_find(
	struct repositories *all, int root, tree_problem *problem, void *arg)
{
	const struct fault *fault;

	*all = (struct repositories){.problem = problem, .arg = arg};
	fault = tree_walk(root, visit, pass_problem, all);
	fault = fault ? fault : all->failed;
	if (fault)
		repositories_free(all);
	else if (all->count)
		qsort(all->list, all->count, sizeof *all->list, by_path);
	return fault;
}

void repositories_free(struct repositories *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->list[i].path);
		free(all->list[i].name);
	}
	free(all->list);
	*all = (struct repositories){0};
}

/* Opens PATH at a number that repo_open() will not want for itself. */
static const struct fault *open_outside(int root, const char *path, int *dir)
{
	int fd = tree_open(root, path);

	*dir = fd;
	if (fd < 0)
		return fault_errno(&fault_repository_read, errno, path);
	if (fd < FD_REPO || fd > FD_REFS)
		return NULL;
	*dir = fcntl(fd, F_DUPFD_CLOEXEC, FD_REFS + 1);
	close(fd);
	return *dir < 0 ? fault_errno(&fault_repository_read, errno, path) : NULL;
}

const struct fault *repository_inspect(
	int root, const char *path, struct repo *repo, struct refs *refs)
{
	int dir;

	TRY(open_outside(root, path, &dir));
	TRY(repo_open(repo, dir));
	return refs_load(refs, repo);
}
