/* SPDX-License-Identifier: ISC */
/* tests/crash/calls.c: which system calls of a push count as points, and what they act on. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "mishap.h"

enum form { FORM_FD, FORM_AT, FORM_AT_AT };

static const struct form_of_call {
	long number;
	const char *name;
	enum form form;
} forms[] = {
	{SYS_openat, "openat", FORM_AT},
	{SYS_mkdirat, "mkdirat", FORM_AT},
	{SYS_unlinkat, "unlinkat", FORM_AT},
	{SYS_linkat, "linkat", FORM_AT_AT},
	{SYS_renameat, "renameat", FORM_AT_AT},
	{SYS_renameat2, "renameat2", FORM_AT_AT},
	{SYS_write, "write", FORM_FD},
	{SYS_pwrite64, "pwrite64", FORM_FD},
	{SYS_ftruncate, "ftruncate", FORM_FD},
	{SYS_fsync, "fsync", FORM_FD},
	{SYS_flock, "flock", FORM_FD},
	{SYS_close, "close", FORM_FD},
};

static const struct form_of_call *form_of(uint64_t number)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if ((uint64_t)forms[i].number == number)
			return &forms[i];
	return NULL;
}

static void fd_link(pid_t pid, uint64_t fd, char out[64])
{
	snprintf(out, 64, "/proc/%d/fd/%d", (int)pid, (int)fd);
}

/* What descriptor FD of PID is: one word, without the number of "socket:[5]" and the like. */
static void describe_fd(pid_t pid, uint64_t fd, char *out, size_t size)
{
	char link[64];
	ssize_t len;

	fd_link(pid, fd, link);
	len = readlink(link, out, size - 1);
	out[len > 0 ? len : 0] = '\0';
	out[strcspn(out, out[0] == '/' ? " " : ":")] = '\0'; /* "/a/b (deleted)" */
}

static void read_text(pid_t pid, uint64_t address, char *out, size_t size)
{
	const size_t page = 4096;
	size_t len = 0;

	while (len < size - 1 && !memchr(out, '\0', len)) {
		size_t step = page - (address + len) % page;
		struct iovec from = {(void *)(uintptr_t)(address + len), step};
		struct iovec to = {out + len, step < size - 1 - len ? step : size - 1 - len};
		ssize_t got = process_vm_readv(pid, &to, 1, &from, 1, 0);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	out[len] = '\0';
}

static void describe_path(pid_t pid, uint64_t dir, uint64_t path, char out[CALL_PATH_MAX])
{
	size_t len;

	describe_fd(pid, dir, out, CALL_PATH_MAX);
	len = strlen(out);
	if (len + 2 >= CALL_PATH_MAX)
		return;
	out[len++] = '/';
	read_text(pid, path, out + len, CALL_PATH_MAX - len);
}

static bool is_written_file(pid_t pid, uint64_t fd)
{
	struct stat stat;
	char link[64];

	fd_link(pid, fd, link);
	return lstat(link, &stat) == 0 && (stat.st_mode & S_IWUSR) != 0;
}

/* Reading is no point, nor is what goes to standard error. */
static bool is_point(pid_t pid, const struct call *call)
{
	if (call->creates)
		return (call->args[2] & O_CREAT) != 0;
	if (strcmp(call->name, "close") == 0)
		return call->on_file && is_written_file(pid, call->args[0]);
	return !call->writes || call->args[0] != STDERR_FILENO;
}

void call_read(struct call *call, pid_t pid, uint64_t number, const uint64_t args[6])
{
	const struct form_of_call *form = form_of(number);

	call->name = NULL;
	if (!form)
		return;
	*call = (struct call){.name = form->name};
	memcpy(call->args, args, sizeof call->args);
	call->writes = number == SYS_write || number == SYS_pwrite64;
	call->syncs = number == SYS_fsync;
	call->creates = number == SYS_openat;
	if (form->form == FORM_FD)
		describe_fd(pid, args[0], call->at, sizeof call->at);
	else
		describe_path(pid, args[0], args[1], call->at);
	if (form->form == FORM_AT_AT)
		describe_path(pid, args[2], args[3], call->to);
	call->on_file = call->at[0] == '/' && strcmp(call->at, "/dev/null") != 0;
	if (number == SYS_unlinkat && (args[2] & AT_REMOVEDIR))
		call->name = "rmdir";
	if (!is_point(pid, call))
		call->name = NULL;
}

/* ---- what a power cut takes ---- */

#define LOSSES_MAX 64

static int losses[LOSSES_MAX]; /* files with bytes that are not on disk */
static size_t loss_count;

static size_t find_loss(int fd)
{
	struct stat a, b;
	size_t i;

	for (i = 0; i < loss_count; i++)
		if (fstat(fd, &a) == 0 && fstat(losses[i], &b) == 0 && a.st_ino == b.st_ino &&
			a.st_dev == b.st_dev)
			break;
	return i;
}

void losses_note(pid_t pid, const struct call *call, int64_t result)
{
	char link[64];
	size_t i;
	int fd;

	if (result < 0 || !call->on_file || !(call->writes || call->syncs || call->creates))
		return;
	fd_link(pid, call->creates ? (uint64_t)result : call->args[0], link);
	fd = open(link, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return; /* a directory */
	i = find_loss(fd);
	if (!call->syncs && i == loss_count && i < LOSSES_MAX) {
		losses[loss_count++] = fd;
		return;
	}
	close(fd);
	if (call->syncs && i < loss_count) {
		close(losses[i]);
		losses[i] = losses[--loss_count];
	}
}

void losses_happen(void)
{
	for (size_t i = 0; i < loss_count; i++)
		if (ftruncate(losses[i], 0) < 0)
			perror("mishap: ftruncate");
}
