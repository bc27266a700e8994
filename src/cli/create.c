/* SPDX-License-Identifier: ISC */
/*
 * cli/create.c: runs as root or as the service's user; what lies below the root may be anybody's,
 * so that no symbolic link is followed there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cursor.h"
#include "cli/create.h"
#include "cli/repositories.h"
#include "cli/tree.h"

const struct fault fault_create = {BLAME_HOST, "cannot create the repository"};

static const struct fault *failed(int error, const char *what)
{
	if (error == EACCES || error == EPERM)
		return fault_note(&fault_create,
			"%s: %s: run it as root or as the owner of the root", what,
			strerrordesc_np(error));
	return fault_errno(&fault_create, error, what);
}

/* --- what is in it ---------------------------------------------------------------------------- */

/* Parents come before their children. */
static const char *const directories[] = {
	"objects", "objects/info", "objects/pack", "refs", "refs/heads", "refs/tags", "info"};

static const char config_text[] = "[core]\n"
				  "\trepositoryformatversion = 0\n"
				  "\tfilemode = true\n"
				  "\tbare = true\n";

static const char *const files[] = {"HEAD", "config"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct fault *give(const struct creation *creation, int fd, const char *what)
{
	if (creation->give && fchown(fd, creation->uid, creation->gid) < 0)
		return failed(errno, what);
	return NULL;
}

/* Makes one directory, gives it away and syncs it; what it will hold is synced with it later. */
static const struct fault *make_directory(
	const struct creation *creation, int dir, const char *path)
{
	const struct fault *fault;
	int fd;

	if (mkdirat(dir, path, 0777) < 0)
		return failed(errno, path);
	fd = tree_open(dir, path);
	if (fd < 0)
		return failed(errno, path);
	fault = give(creation, fd, path);
	close(fd);
	return fault;
}

static const struct fault *sync_directory(int dir, const char *path)
{
	int fd = tree_open(dir, path), error = 0;

	if (fd < 0)
		return failed(errno, path);
	if (fsync(fd) < 0)
		error = errno;
	close(fd);
	return error ? failed(error, path) : NULL;
}

static const struct fault *make_file(
	const struct creation *creation, int dir, const char *path, struct cursor text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	const struct fault *fault;
	ssize_t written;

	if (fd < 0)
		return failed(errno, path);
	written = write(fd, text.at, cursor_left(&text));
	if (written < 0 || fsync(fd) < 0)
		fault = failed(errno, path);
	else if ((size_t)written != cursor_left(&text))
		fault = failed(ENOSPC, path);
	else
		fault = give(creation, fd, path);
	close(fd);
	return fault;
}

static const struct fault *make_head(const struct creation *creation, int dir)
{
	struct buffer text = BUFFER_INIT;
	const struct fault *fault;

	buffer_text(&text, "ref: ");
	buffer_append(&text, creation->head.bytes, creation->head.len);
	buffer_byte(&text, '\n');
	fault = buffer_check(&text);
	if (!fault)
		fault = make_file(creation, dir, files[0], cursor_over(text.bytes, text.len));
	buffer_free(&text);
	return fault;
}

static const struct fault *fill(const struct creation *creation, int dir)
{
	for (size_t i = 0; i < COUNT(directories); i++)
		TRY(make_directory(creation, dir, directories[i]));
	TRY(make_head(creation, dir));
	TRY(make_file(creation, dir, files[1], cursor_over_text(config_text)));
	for (size_t i = 0; i < COUNT(directories); i++)
		TRY(sync_directory(dir, directories[i]));
	return NULL;
}

/* Removes what fill() may have made; what is not empty stays. */
static void empty(int dir)
{
	for (size_t i = 0; i < COUNT(files); i++)
		unlinkat(dir, files[i], 0);
	for (size_t i = COUNT(directories); i > 0; i--)
		unlinkat(dir, directories[i - 1], AT_REMOVEDIR);
}

/* --- its place -------------------------------------------------------------------------------- */

/* The directory that it goes into, and its last component. */
struct place {
	int dir;
	char base[REPOSITORY_NAME_MAX + 8]; /* with ".git" */
};

static const struct fault *enter(const struct creation *creation, int *dir, const char *component)
{
	int next = tree_open(*dir, component);

	if (next < 0 && errno == ENOENT) {
		TRY(make_directory(creation, *dir, component));
		if (fsync(*dir) < 0)
			return failed(errno, component);
		next = tree_open(*dir, component);
	}
	if (next < 0)
		return failed(errno, component);
	close(*dir);
	*dir = next;
	if (looks_like_repository(next, "."))
		return fault_note(
			&fault_create, "\"%s\" is a repository: it cannot hold another", component);
	return NULL;
}

static const struct fault *walk_to(const struct creation *creation, struct place *place)
{
	struct cursor name = cursor_over_text(creation->name), part;
	char component[REPOSITORY_NAME_MAX + 1];

	place->dir = tree_open(creation->root, ".");
	if (place->dir < 0)
		return failed(errno, "the root");
	while (cursor_until(&name, '/', &part)) {
		if (!cursor_copy_text(&part, component, sizeof component))
			return &fault_internal;
		TRY(enter(creation, &place->dir, component));
	}
	if (!cursor_copy_text(&name, place->base, sizeof place->base))
		return &fault_internal;
	return NULL;
}

/* Neither NAME nor NAME.git may exist: one name would lead to both. */
static const struct fault *check_free(struct place *place)
{
	static const char suffix[] = ".git";
	struct stat st;

	for (int i = 0; i < 2; i++) {
		if (fstatat(place->dir, place->base, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return fault_note(&fault_create, "%s exists already", place->base);
		if (errno != ENOENT)
			return failed(errno, place->base);
		if (i == 0)
			memcpy(place->base + strlen(place->base), suffix, sizeof suffix);
	}
	return NULL;
}

static const struct fault *publish(
	const struct creation *creation, const struct place *place, int dir, const char *temporary)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return failed(errno, temporary);
	TRY(give(creation, dir, temporary));
	/* mkdir(2) took over the set-group-id bit of a shared directory: it stays */
	if (fchmod(dir, 0750 | (st.st_mode & S_ISGID)) < 0 || fsync(dir) < 0)
		return failed(errno, temporary);
	if (renameat2(place->dir, temporary, place->dir, place->base, RENAME_NOREPLACE) < 0)
		return failed(errno, place->base);
	return NULL;
}

static const struct fault *make_and_publish(
	const struct creation *creation, const struct place *place, const char *temporary)
{
	const struct fault *fault;
	int dir = tree_open(place->dir, temporary);

	if (dir < 0)
		return failed(errno, temporary);
	fault = fill(creation, dir);
	if (!fault)
		fault = publish(creation, place, dir, temporary);
	if (fault)
		empty(dir);
	close(dir);
	return fault;
}

/* Nobody but us may look into it until it is whole. */
static const struct fault *create_at(const struct creation *creation, const struct place *place)
{
	const struct fault *fault;
	char temporary[64];
	uint64_t number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		return failed(errno, "getrandom");
	snprintf(
		temporary, sizeof temporary, ".gitcell-create-%016llx", (unsigned long long)number);
	if (mkdirat(place->dir, temporary, 0700) < 0)
		return failed(errno, "the directory that it goes into");
	fault = make_and_publish(creation, place, temporary);
	if (fault)
		unlinkat(place->dir, temporary, AT_REMOVEDIR);
	else if (fsync(place->dir) < 0)
		fault = failed(errno, place->base);
	return fault;
}

const struct fault *create_repository(const struct creation *creation)
{
	struct place place = {.dir = -1};
	const struct fault *fault;

	umask(027);
	if (looks_like_repository(creation->root, "."))
		return fault_note(&fault_create, "the root is a repository itself");
	fault = walk_to(creation, &place);
	if (!fault)
		fault = check_free(&place);
	if (!fault)
		fault = create_at(creation, &place);
	if (place.dir >= 0)
		close(place.dir);
	return fault;
}
