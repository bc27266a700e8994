/* SPDX-License-Identifier: ISC */
/* cli/check_root.c: the directory that all repositories are below. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/mem.h"
#include "cli/check.h"
#include "cli/repositories.h"

bool user_may(const struct server_user *user, const struct stat *st, unsigned access)
{
	unsigned shift = 0;

	if (user->uid == 0)
		return true;
	if (st->st_uid == user->uid)
		shift = 6;
	else if (st->st_gid == user->gid)
		shift = 3;
	return (st->st_mode >> shift & access) == access;
}

static void check_owner(struct check *check, const struct stat *st)
{
	if (st->st_uid == 0)
		findings_add(&check->findings, check->root, 0,
			"the root belongs to the user root, and no connection runs as root",
			"chown it to the user of gitcell@.service: chown _gitcell");
	if (st->st_mode & S_IWOTH)
		findings_add(&check->findings, check->root, 0,
			"everybody can make and remove repositories here", "chmod o-w");
	if (!user_may(&check->user, st, 5))
		findings_add(&check->findings, check->root, 0,
			"its owner, who serves the repositories, cannot read it", "chmod u+rx");
	if (looks_like_repository(check->root_fd, "."))
		findings_add(&check->findings, check->root, 0,
			"the root is a repository itself, which no name leads to",
			"name the directory above it in the policy: root = ...");
}

static void add_unreadable(void *arg, const char *path, int error)
{
	struct check *check = arg;
	struct buffer file = BUFFER_INIT, problem = BUFFER_INIT, remedy = BUFFER_INIT;

	buffer_format(&file, "%s/%s", check->root, path);
	buffer_format(&problem, "cannot be read: %s", strerrordesc_np(error));
	if (error == EACCES)
		buffer_text(&remedy, "run this as root or as the owner of the root");
	findings_take(&check->findings, &file, &problem, &remedy);
}

static void check_reachable(struct check *check, const struct repository *repository)
{
	struct buffer file = BUFFER_INIT, problem = BUFFER_INIT, remedy = BUFFER_INIT;

	if (repository->name)
		return;
	buffer_format(&file, "%s/%s", check->root, repository->path);
	buffer_text(&problem, "no client can say this name");
	buffer_text(&remedy, "rename it: no control characters, no \".git.git\"");
	findings_take(&check->findings, &file, &problem, &remedy);
}

/* Both "a" and "a.git" answer to the name "a", and the second is what the server looks for first.
 */
static void check_double(
	struct check *check, const struct repository *one, const struct repository *other)
{
	struct buffer file = BUFFER_INIT, problem = BUFFER_INIT, remedy = BUFFER_INIT;
	bool shorter = strlen(one->path) < strlen(other->path);

	if (!one->name || !other->name || strcmp(one->name, other->name) != 0)
		return;
	buffer_format(&file, "%s/%s", check->root, shorter ? one->path : other->path);
	buffer_format(&problem, "never served: clients who say its name reach %s",
		shorter ? other->path : one->path);
	buffer_text(&remedy, "rename one of the two");
	findings_take(&check->findings, &file, &problem, &remedy);
}

static int by_name(const void *a, const void *b)
{
	const struct repository *x = a, *y = b;

	return strcmp(x->name ? x->name : "", y->name ? y->name : "");
}

static void check_repositories(struct check *check)
{
	struct repositories all;
	const struct fault *fault = repositories_find(&all, check->root_fd, add_unreadable, check);

	if (fault) {
		findings_add(&check->findings, check->root, 0, fault->text, fault_detail(fault));
		return;
	}
	for (size_t i = 0; i < all.count; i++) {
		check_reachable(check, &all.list[i]);
		check_repository(check, all.list[i].path);
	}
	check->repositories = all.count;
	if (all.count)
		qsort(all.list, all.count, sizeof *all.list, by_name);
	for (size_t i = 1; i < all.count; i++)
		check_double(check, &all.list[i - 1], &all.list[i]);
	repositories_free(&all);
}

static const char *root_remedy(int error)
{
	if (error == ENOENT)
		return "create it for the user of gitcell@.service, or correct root = in the "
		       "policy";
	return error == EACCES ? "run this as root or as its owner"
			       : "correct root = in the policy";
}

void check_root(struct check *check, const char *root)
{
	const struct fault *fault;
	struct stat st;

	check->root = root;
	fault = root_open(root, &check->root_fd);
	if (fault || fstat(check->root_fd, &st) < 0) {
		int error = errno;
		findings_add(&check->findings, root, 0, strerrordesc_np(error), root_remedy(error));
		return;
	}
	check->user = (struct server_user){st.st_uid, st.st_gid};
	check_owner(check, &st);
	check_repositories(check);
	close(check->root_fd);
}
