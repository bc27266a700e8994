/* SPDX-License-Identifier: ISC */
/*
 * repo/repo.c: from a directory to the four descriptors of a repository. Stage request; trusts
 * nothing in the directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/buffer.h"
#include "repo/file.h"
#include "repo/loose_refs.h"
#include "repo/repo.h"
#include "repo/repo_config.h"

const struct fault fault_not_repository = {BLAME_REPOSITORY, "not a git repository"};
const struct fault fault_repository_format = {
	BLAME_REPOSITORY, "the format of the repository is not served"};

#define OPEN_DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)

/* Opens the directory PATH below DIR as the descriptor NUMBER, whatever that was before. */
static const struct fault *place(int dir, const char *path, int number)
{
	int fd = openat(dir, path, OPEN_DIRECTORY);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return fault_note(&fault_not_repository, "%s is not a directory", path);
	if (fd < 0)
		return fault_errno(&fault_repository_read, errno, path);
	if (fd == number)
		return NULL;
	if (dup3(fd, number, O_CLOEXEC) < 0) {
		close(fd);
		return fault_errno(&fault_repository_read, errno, path);
	}
	close(fd);
	return NULL;
}

/* A work tree's repository is its ".git"; if there is none, DIR is the repository itself. */
static const struct fault *place_repository(int dir, bool *bare)
{
	const struct fault *fault;
	int git = openat(dir, ".git", OPEN_DIRECTORY);

	*bare = git < 0;
	if (git < 0 && errno == ENOENT)
		return place(dir, ".", FD_REPO);
	if (git < 0 && (errno == ENOTDIR || errno == ELOOP))
		return fault_note(&fault_not_repository,
			".git is not a directory: give the name of the repository it stands for");
	if (git < 0)
		return fault_errno(&fault_repository_read, errno, ".git");
	fault = place(git, ".", FD_REPO);
	if (git != FD_REPO)
		close(git);
	return fault;
}

static const struct fault *place_parts(void)
{
	static const struct {
		const char *path;
		int dir, number;
	} parts[] = {
		{"objects", FD_REPO, FD_OBJECTS},
		{"pack", FD_OBJECTS, FD_PACK}, /* "git init" makes a lost one again */
		{"refs", FD_REPO, FD_REFS},
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		TRY(place(parts[i].dir, parts[i].path, parts[i].number));
	return NULL;
}

/* Reads the config file PATH, if it is there. */
static const struct fault *read_config(
	const char *path, struct repo_config *config, struct repo_format *format)
{
	struct buffer text = {.limit = REPO_CONFIG_MAX + 1};
	const struct fault *fault;
	bool found;

	fault = repo_read_file(FD_REPO, path, REPO_CONFIG_MAX, &text, &found);
	if (!fault && found)
		fault = repo_config_read(cursor_over(text.bytes, text.len), config, format);
	buffer_free(&text);
	return fault;
}

static const struct fault *judge_format(struct repo *repo)
{
	struct repo_format format = {0};

	TRY(read_config("config", &repo->config, &format));
	TRY(repo_format_check(&format));
	repo->algo = &hash_sha1;
	if (format.has_version && format.worktree_config)
		TRY(read_config("config.worktree", &repo->config, &format));
	return NULL;
}

/* Files whose presence says that the repository is not whole by itself. */
static const struct fault *refuse_dependents(void)
{
	static const struct {
		const char *path;
		int dir;
		bool empty_is_harmless;
		const char *why;
	} dependents[] = {
		{"info/alternates", FD_OBJECTS, true, "alternates are not allowed"},
		{"shallow", FD_REPO, false, "shallow repositories cannot be served yet"},
	};
	struct file file;
	bool empty;

	for (size_t i = 0; i < sizeof dependents / sizeof *dependents; i++) {
		TRY(file_open(&file, dependents[i].dir, dependents[i].path));
		empty = file.kind == FILE_REGULAR && file.stat.st_size == 0;
		file_close(&file);
		if (file.kind != FILE_ABSENT && !(empty && dependents[i].empty_is_harmless))
			return fault_note(&fault_repository_format, "%s", dependents[i].why);
	}
	return NULL;
}

static const struct fault *check_head(const struct repo *repo)
{
	struct loose_ref head;

	TRY(loose_ref_read(repo, "HEAD", &head));
	if (head.kind == LOOSE_ABSENT || head.kind == LOOSE_BROKEN)
		return fault_note(&fault_not_repository, "HEAD is missing or not a ref");
	return NULL;
}

static const struct fault *open_all(struct repo *repo)
{
	TRY(place_parts());
	TRY(judge_format(repo));
	TRY(refuse_dependents());
	return check_head(repo);
}

const struct fault *repo_open(struct repo *repo, int dir)
{
	struct repo opened = {.config = {.deny_delete_current = true, .deny_current_branch = true}};
	const struct fault *fault = place_repository(dir, &opened.config.bare);

	/* one that had a number of ours was closed when its place was taken */
	if (fault || dir < FD_REPO || dir > FD_REFS)
		close(dir);
	if (!fault)
		fault = open_all(&opened);
	if (!fault)
		*repo = opened;
	return fault;
}
