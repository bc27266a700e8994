/* SPDX-License-Identifier: ISC */
/*
 * cli/relay.c: runs as the user who calls it, outside any sandbox, with no rights of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/buffer.h"
#include "cli/relay.h"

const struct fault fault_relay_connect = {BLAME_HOST, "cannot reach the server"};
const struct fault fault_relay_io = {BLAME_HOST, "the connection broke"};

const char *relay_socket_path(void)
{
	const char *path = getenv("GITCELL_SOCKET");

	return path && *path ? path : RUNSTATEDIR "/gitcell/gitcell.sock";
}

/* --- connecting ------------------------------------------------------------------------------ */

static const struct fault *no_connection(const char *path, int error)
{
	const char *hint = "";

	if (error == ENOENT || error == ECONNREFUSED)
		hint = " (is gitcell.socket started?)";
	else if (error == EACCES)
		hint = " (are you in the group of the socket?)";
	return fault_note(&fault_relay_connect, "%s: %s%s", path, strerrordesc_np(error), hint);
}

/* An address has room for 107 bytes; a longer path is reached through a descriptor of its folder.
 */
static bool address_of(const char *path, struct sockaddr_un *address, int *folder)
{
	char copy[PATH_MAX], base[PATH_MAX];
	int len;

	*folder = -1;
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) < sizeof address->sun_path) {
		memcpy(address->sun_path, path, strlen(path) + 1);
		return true;
	}
	if (strlen(path) >= sizeof copy)
		return false;
	memcpy(copy, path, strlen(path) + 1);
	memcpy(base, path, strlen(path) + 1);
	*folder = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
	len = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *folder,
		basename(base));
	return *folder >= 0 && len > 0 && (size_t)len < sizeof address->sun_path;
}

const struct fault *relay_connect(const char *path, int *fd)
{
	struct sockaddr_un address;
	int folder, error = ENAMETOOLONG;

	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return no_connection(path, errno);
	if (address_of(path, &address, &folder)) {
		error = 0;
		if (connect(*fd, (struct sockaddr *)&address, sizeof address) < 0)
			error = errno;
	}
	if (folder >= 0)
		close(folder);
	if (!error)
		return NULL;
	close(*fd);
	return no_connection(path, error);
}

/* --- carrying -------------------------------------------------------------------------------- */

static const struct fault *write_all(int fd, struct cursor bytes)
{
	while (!cursor_at_end(&bytes)) {
		ssize_t n = write(fd, bytes.at, cursor_left(&bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(&fault_relay_io, errno, "write");
		if (!cursor_skip(&bytes, (size_t)n))
			return &fault_internal;
	}
	return NULL;
}

const struct fault *relay_request(
	int fd, enum service service, const char *path, int version, const char *user)
{
	struct buffer line = BUFFER_INIT;
	const struct fault *fault;

	request_format(&line, service, path, "localhost", version, user);
	fault = buffer_check(&line);
	if (!fault)
		fault = write_all(fd, cursor_over(line.bytes, line.len));
	buffer_free(&line);
	return fault;
}

/* Copies once what FROM has; *OPEN becomes false at its end. */
static const struct fault *copy_some(int from, int to, bool *open)
{
	static uint8_t bytes[65536];
	ssize_t n = read(from, bytes, sizeof bytes);

	if (n < 0 && errno == EINTR)
		return NULL;
	if (n < 0 && errno != ECONNRESET)
		return fault_errno(&fault_relay_io, errno, "read");
	*open = n > 0;
	return n > 0 ? write_all(to, cursor_over(bytes, (size_t)n)) : NULL;
}

/* From stdin to the server. A server that has answered and gone does not read the rest: that is no
 * failure, its answer counts. */
static void copy_up(int fd, bool *open)
{
	if (copy_some(STDIN_FILENO, fd, open))
		*open = false;
	if (!*open)
		shutdown(fd, SHUT_WR);
}

const struct fault *relay_run(int fd)
{
	bool up = true, down = true;

	while (down) {
		struct pollfd fds[2] = {
			{.fd = fd, .events = POLLIN},
			{.fd = up ? STDIN_FILENO : -1, .events = POLLIN},
		};

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return fault_errno(&fault_relay_io, errno, "poll");
		if (fds[0].revents)
			TRY(copy_some(fd, STDOUT_FILENO, &down));
		if (fds[1].revents)
			copy_up(fd, &up);
	}
	return NULL;
}
