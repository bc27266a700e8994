/* SPDX-License-Identifier: ISC */
/*
 * cli/check_repository.c: one repository: would it be served, could it be pushed to, and what did
 * others leave behind in it. Reads only; what lies in it may be anybody's.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include "cli/check.h"
#include "cli/repositories.h"

#define STALE_AFTER 3600 /* seconds; whoever still holds a lock that old is gone */

/* Kinds of problems that many files may share: the first is named, the others are counted. */
enum shared {
	SHARED_UNREADABLE, /* for the server's user */
	SHARED_UNWRITABLE,
	SHARED_OPEN, /* everybody can write */
	SHARED_LOCK,
	SHARED_QUARANTINE,
	SHARED_FORBIDDEN, /* for us, now */
	SHARED_KINDS,
};

static const struct {
	const char *problem, *remedy;
} shared[SHARED_KINDS] = {
	[SHARED_UNREADABLE] = {"the owner of the root, who serves it, cannot read this",
		"chown -R the repository to the owner of the root, chmod -R u+rX"},
	[SHARED_UNWRITABLE] =
		{"the owner of the root, who serves it, cannot write here: pushes will "
		 "fail",
			"chown -R the repository to the owner of the root, chmod u+rwx"},
	[SHARED_OPEN] = {"everybody can write this", "chmod -R o-w the repository"},
	[SHARED_LOCK] = {"a lock file that is more than an hour old: this ref or file cannot be "
			 "changed",
		"if no git process works here, remove it"},
	[SHARED_QUARANTINE] = {"objects of a push that did not end well",
		"the next push removes it; so does git gc"},
	[SHARED_FORBIDDEN] = {"cannot be read by you",
		"run this as root or as the owner of the root"},
};

struct inspection {
	struct check *check;
	const char *path;
	time_t now;
	size_t counts[SHARED_KINDS];
	struct buffer first[SHARED_KINDS];
};

static void note(struct inspection *inspection, enum shared kind, const char *path)
{
	if (!inspection->counts[kind]++)
		buffer_text(&inspection->first[kind], path);
}

static void add(struct inspection *inspection, const char *file, const char *problem,
	const char *detail, const char *remedy)
{
	struct buffer where = BUFFER_INIT, what = BUFFER_INIT, how = BUFFER_INIT;

	buffer_format(&where, "%s/%s%s%s", inspection->check->root, inspection->path,
		*file ? "/" : "", file);
	buffer_format(&what, "%s%s%s", problem, *detail ? ": " : "", detail);
	buffer_text(&how, remedy);
	findings_take(&inspection->check->findings, &where, &what, &how);
}

/* --- what lies in it -------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len > tail && strcmp(name + len - tail, suffix) == 0;
}

static bool is_stale(const struct inspection *inspection, const struct tree_entry *entry)
{
	return entry->stat.st_mtime < inspection->now - STALE_AFTER;
}

/* Does nobody hold the lock of this quarantine? git's own have none: those must be old as well. */
static bool is_abandoned(const struct inspection *inspection, const struct tree_entry *entry)
{
	int fd = tree_open(entry->dir, entry->path);
	bool is_free;

	if (fd < 0)
		return false;
	is_free = flock(fd, LOCK_SH | LOCK_NB) == 0;
	close(fd);
	return is_free && (strstr(entry->name, "-gitcell-") || is_stale(inspection, entry));
}

static void look_at_leftovers(struct inspection *inspection, const struct tree_entry *entry)
{
	if (S_ISREG(entry->stat.st_mode) && ends_with(entry->name, ".lock") &&
		is_stale(inspection, entry))
		note(inspection, SHARED_LOCK, entry->path);
	if (S_ISDIR(entry->stat.st_mode) && strncmp(entry->name, "tmp_objdir-incoming-", 20) == 0 &&
		is_abandoned(inspection, entry))
		note(inspection, SHARED_QUARANTINE, entry->path);
}

static void look_at_mode(struct inspection *inspection, const struct tree_entry *entry)
{
	const struct server_user *user = &inspection->check->user;
	bool directory = S_ISDIR(entry->stat.st_mode);

	if (S_ISLNK(entry->stat.st_mode))
		return;
	if (!user_may(user, &entry->stat, directory ? 5 : 4))
		note(inspection, SHARED_UNREADABLE, entry->path);
	else if (directory && !user_may(user, &entry->stat, 7))
		note(inspection, SHARED_UNWRITABLE, entry->path);
	if (entry->stat.st_mode & S_IWOTH)
		note(inspection, SHARED_OPEN, entry->path);
}

/* Hooks and the files of a work tree are nobody's affair here. */
static bool visit(void *arg, const struct tree_entry *entry)
{
	struct inspection *inspection = arg;

	if (strcmp(entry->path, "hooks") == 0)
		return false;
	look_at_leftovers(inspection, entry);
	look_at_mode(inspection, entry);
	return true;
}

static void note_forbidden(void *arg, const char *path, int error)
{
	(void)error;
	note(arg, SHARED_FORBIDDEN, path);
}

/* Opens the git directory: PATH itself, or its ".git". */
static int open_git_directory(const struct check *check, const char *path)
{
	int dir = tree_open(check->root_fd, path), git;

	if (dir < 0)
		return -1;
	git = tree_open(dir, ".git");
	if (git < 0)
		return dir;
	close(dir);
	return git;
}

static void look_at_files(struct inspection *inspection)
{
	int dir = open_git_directory(inspection->check, inspection->path);
	struct tree_entry top = {.dir = dir, .path = "", .name = ""};

	if (dir < 0)
		return; /* opening it as a repository has said so */
	if (fstat(dir, &top.stat) == 0)
		look_at_mode(inspection, &top);
	if (tree_walk(dir, visit, note_forbidden, inspection))
		inspection->check->findings.failed = &fault_memory;
	close(dir);
}

static void add_shared(struct inspection *inspection)
{
	for (int kind = 0; kind < SHARED_KINDS; kind++) {
		size_t others = inspection->counts[kind] ? inspection->counts[kind] - 1 : 0;
		struct buffer more = BUFFER_INIT;
		if (others)
			buffer_format(&more, "and %zu more", others);
		if (inspection->counts[kind])
			add(inspection, buffer_cstr(&inspection->first[kind]), shared[kind].problem,
				buffer_cstr(&more), shared[kind].remedy);
		buffer_free(&more);
		buffer_free(&inspection->first[kind]);
	}
}

/* --- would it be served ----------------------------------------------------------------------- */

/* The words of the faults of repo/repo.h that have a remedy of their own. */
static const struct {
	const char *detail, *remedy;
} remedies[] = {
	{"alternates", "git repack -a -d in it, then remove objects/info/alternates"},
	{"shallow", "git fetch --unshallow in it"},
	{"HEAD", "git symbolic-ref HEAD refs/heads/main in it, or remove what is no repository"},
	{"is not a directory",
		"git init --bare on it makes missing directories again; or remove what is no "
		"repository"},
	{"xtension", "gitcell serves format 0 and 1 with SHA-1 and loose refs: convert it"},
	{"ermission denied", "run this as root or as the owner of the root"},
};

static const char *remedy_of(const char *detail)
{
	for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
		if (strstr(detail, remedies[i].detail))
			return remedies[i].remedy;
	return "git fsck in it says more";
}

/* Opening ends at the first of these. */
static void look_at_dependents(struct inspection *inspection, const char *told)
{
	static const struct {
		const char *path, *word, *problem;
	} dependents[] = {
		{"objects/info/alternates", "alternates", "alternates are not allowed"},
		{"shallow", "shallow", "shallow repositories cannot be served yet"},
	};
	int dir = open_git_directory(inspection->check, inspection->path);
	struct stat st;

	if (dir < 0)
		return;
	for (size_t i = 0; i < sizeof dependents / sizeof *dependents; i++)
		if (!strstr(told, dependents[i].word) &&
			fstatat(dir, dependents[i].path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			st.st_size > 0)
			add(inspection, dependents[i].path, dependents[i].problem, "",
				remedy_of(dependents[i].word));
	close(dir);
}

/* A clone of it would check nothing out. */
static void look_at_head(struct inspection *inspection, const struct refs *refs)
{
	if (refs->count && refs->head_is_symref && !refs->head_born)
		add(inspection, "HEAD", "leads to a branch that does not exist, and others do",
			refs->head_symref, "git symbolic-ref HEAD refs/heads/NAME in it");
}

static void look_at_contents(struct inspection *inspection)
{
	struct refs refs = {0};
	struct repo repo;
	const struct fault *fault =
		repository_inspect(inspection->check->root_fd, inspection->path, &repo, &refs);

	if (fault) {
		const char *detail = fault_detail(fault);
		add(inspection, "", fault->text, detail, remedy_of(detail));
		look_at_dependents(inspection, detail);
		return;
	}
	look_at_head(inspection, &refs);
	refs_free(&refs);
}

void check_repository(struct check *check, const char *path)
{
	struct inspection inspection = {.check = check, .path = path, .now = time(NULL)};

	look_at_contents(&inspection);
	look_at_files(&inspection);
	add_shared(&inspection);
}
