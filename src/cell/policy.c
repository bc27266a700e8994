/* SPDX-License-Identifier: ISC */
/*
 * cell/policy.c: a policy in memory, and the files it is read from. Stage boot; trusts files that
 * only root or we ourselves can have written, and refuses all others.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buffer.h"
#include "base/mem.h"
#include "cell/boot.h"
#include "cell/policy_private.h"

const struct fault fault_policy_access = {BLAME_HOST, "cannot use the policy file"};

const char *policy_text(struct policy *policy, const char *text)
{
	if (!mem_grow(&policy->texts, policy->text_count, &policy->text_cap, sizeof *policy->texts))
		return NULL;
	policy->texts[policy->text_count] = mem_text(text, strlen(text));
	return policy->texts[policy->text_count++];
}

const struct fault *policy_new(struct policy **out)
{
	struct policy *policy = mem_array(1, sizeof *policy);

	if (!policy)
		return &fault_memory;
	policy->settings = (struct policy_settings){
		.root = "/srv/git",
		.slots = RUNSTATEDIR "/gitcell/slots",
		.request_timeout_ms = 10 * 1000,
		.idle_timeout_ms = 5 * 60 * 1000,
		.session_timeout_ms = 2 * 3600 * 1000,
		.connections = 200,
		.connections_per_user = 8,
		.memory = BOOT_MEMORY,
		.max_pack_size = UINT64_C(4) << 30,
	};
	*out = policy;
	return NULL;
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->text_count; i++)
		free(policy->texts[i]);
	free(policy->texts);
	free(policy->rules);
	free(policy);
}

const struct policy_settings *policy_settings(const struct policy *policy)
{
	return &policy->settings;
}

const struct fault *policy_set_root(struct policy *policy, const char *dir)
{
	if (*dir != '/')
		return fault_note(&fault_policy_file, "--root=%s: give an absolute path", dir);
	dir = policy_text(policy, dir);
	if (!dir)
		return &fault_memory;
	policy->settings.root = dir;
	return NULL;
}

const struct fault *policy_look_up(const struct policy *policy, struct peer *peer)
{
	return peer_look_up(peer, policy->uses_users, policy->uses_groups);
}

/* Only root and the user who runs us may own it, and nobody else may write to it. */
static const struct fault *check_owner(const struct stat *st, const char *path)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return fault_note(&fault_policy_access,
			"%s belongs to uid %u: it must belong to root (chown root)", path,
			(unsigned)st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return fault_note(&fault_policy_access,
			"%s can be written by others than its owner: chmod go-w", path);
	return NULL;
}

static const struct fault *open_checked(
	int dir, const char *name, int flags, const char *path, mode_t kind, int *out)
{
	const struct fault *fault = NULL;
	struct stat st;
	int fd = openat(dir, name, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ELOOP)
		return fault_note(
			&fault_policy_access, "%s is a symbolic link: name the file itself", path);
	if (fd < 0 || fstat(fd, &st) < 0) {
		fault = fault_errno(&fault_policy_access, errno, path);
	} else if ((st.st_mode & S_IFMT) != kind) {
		fault = fault_note(&fault_policy_access, "%s is not a %s", path,
			kind == S_IFDIR ? "directory" : "regular file");
	} else {
		fault = check_owner(&st, path);
	}
	if (fault && fd >= 0)
		close(fd);
	else
		*out = fd;
	return fault;
}

static const struct fault *read_all(int fd, const char *path, struct buffer *out)
{
	uint8_t *room;
	ssize_t len;

	do {
		room = buffer_reserve(out, 4096);
		if (!room)
			break;
		do
			len = read(fd, room, 4096);
		while (len < 0 && errno == EINTR);
		if (len < 0)
			return fault_errno(&fault_policy_access, errno, path);
		out->len += (size_t)len;
	} while (len && out->len <= POLICY_FILE_MAX);
	if (!room || out->len > POLICY_FILE_MAX)
		return fault_note(&fault_policy_access,
			"%s is longer than the %zu bytes that a policy file may have: split it",
			path, POLICY_FILE_MAX);
	return NULL;
}

/* Where problems go to while files are read. */
struct reading {
	struct policy *policy;
	policy_problem *problem;
	void *arg;
};

static const struct fault *tell(const struct reading *reading, const struct fault *fault)
{
	if (fault && reading->problem)
		reading->problem(reading->arg, fault_detail(fault));
	return fault;
}

static const struct fault *read_file(
	const struct reading *reading, int dir, const char *name, const char *path)
{
	struct buffer text = {.limit = POLICY_FILE_MAX + 4096};
	const struct fault *fault;
	int fd = -1;

	fault = open_checked(dir, name, O_NOFOLLOW, path, S_IFREG, &fd);
	if (!fault) {
		fault = read_all(fd, path, &text);
		close(fd);
	}
	if (fault)
		tell(reading, fault);
	else
		fault = policy_read_text(reading->policy, path, cursor_over(text.bytes, text.len),
			reading->problem, reading->arg);
	buffer_free(&text);
	return fault;
}

/* The names of drop-ins, in the order in which they are read. */
struct names {
	char *list[POLICY_FILES_MAX];
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static bool is_drop_in(const char *name)
{
	size_t len = strlen(name);

	return *name != '.' && len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

/* Collects the names of drop-ins in DIR, which it closes. */
static const struct fault *list_drop_ins(int dir, const char *path, struct names *names)
{
	DIR *stream = fdopendir(dir);
	const struct fault *fault = NULL;
	struct dirent *entry;

	if (!stream) {
		fault = fault_errno(&fault_policy_access, errno, path);
		close(dir);
		return fault;
	}
	while (!fault && (errno = 0, entry = readdir(stream))) {
		if (!is_drop_in(entry->d_name))
			continue;
		if (names->count == POLICY_FILES_MAX - 1)
			fault = fault_note(&fault_policy_access,
				"%s holds more than %d files: join some", path,
				POLICY_FILES_MAX - 1);
		else if (!(names->list[names->count++] =
					 mem_text(entry->d_name, strlen(entry->d_name))))
			fault = &fault_memory;
	}
	if (!fault && errno)
		fault = fault_errno(&fault_policy_access, errno, path);
	closedir(stream);
	if (!fault)
		qsort(names->list, names->count, sizeof *names->list, by_name);
	return fault;
}

static const struct fault *read_listed(
	const struct reading *reading, int dir, const char *path, const struct names *names)
{
	const struct fault *first = NULL;

	for (size_t i = 0; i < names->count && (!first || reading->problem); i++) {
		struct buffer whole = BUFFER_INIT;
		const struct fault *fault;
		buffer_format(&whole, "%s/%s", path, names->list[i]);
		fault = read_file(reading, dir, names->list[i], buffer_cstr(&whole));
		buffer_free(&whole);
		first = first ? first : fault;
	}
	return first;
}

/* No such directory means no drop-ins. */
static const struct fault *read_drop_ins(const struct reading *reading, const char *path)
{
	struct names names = {.count = 0};
	const struct fault *fault;
	int dir = -1, listed;

	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return NULL;
	fault = open_checked(AT_FDCWD, path, O_DIRECTORY, path, S_IFDIR, &dir);
	if (fault)
		return tell(reading, fault);
	listed = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	fault = listed < 0 ? fault_errno(&fault_policy_access, errno, path)
			   : list_drop_ins(listed, path, &names);
	fault = fault ? tell(reading, fault) : read_listed(reading, dir, path, &names);
	for (size_t i = 0; i < names.count; i++)
		free(names.list[i]);
	close(dir);
	return fault;
}

/* The file below its directory, which must be as trustworthy as the file. */
static const struct fault *read_main(const struct reading *reading, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *parent = slash ? mem_text(path, (size_t)(name - path)) : mem_text(".", 1);
	const struct fault *fault;
	int dir = -1;

	if (!parent)
		return &fault_memory;
	fault = tell(reading, open_checked(AT_FDCWD, parent, O_DIRECTORY, parent, S_IFDIR, &dir));
	free(parent);
	if (fault)
		return fault;
	fault = read_file(reading, dir, name, path);
	close(dir);
	return fault;
}

const struct fault *policy_load(
	const char *path, struct policy **out, policy_problem *problem, void *arg)
{
	struct reading reading = {NULL, problem, arg};
	struct buffer drop_ins = BUFFER_INIT;
	const struct fault *fault, *later = NULL;

	path = path ? path : POLICY_PATH;
	TRY(policy_new(&reading.policy));
	fault = read_main(&reading, path);
	buffer_format(&drop_ins, "%s.d", path);
	if (!fault || problem)
		later = read_drop_ins(&reading, buffer_cstr(&drop_ins));
	buffer_free(&drop_ins);
	fault = fault ? fault : later;
	if (fault)
		policy_free(reading.policy);
	else
		*out = reading.policy;
	return fault;
}
