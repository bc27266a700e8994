/* SPDX-License-Identifier: ISC */
/*
 * cli/git_remote_gitcell.c: git-remote-gitcell(1), the helper that git runs for gitcell:: and
 * gitcell:// URLs; gitremote-helpers(7), "connect".
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/relay.h"

#define PROGRAM "git-remote-gitcell"
#define COMMAND_MAX 4096

extern char **environ;

static int fail(const struct fault *fault)
{
	char line[FAULT_LINE_MAX];

	fprintf(stderr, "%s: %s\n", PROGRAM, fault_line(fault, line));
	return fault_exit_status(fault);
}

/* What "git config protocol.version" says, or git's default. */
static int configured_version(void)
{
	static char git[] = "git", config[] = "config", key[] = "protocol.version";
	char *const argv[] = {git, config, key, NULL};
	char answer[16] = "";
	posix_spawn_file_actions_t actions;
	int ends[2];
	ssize_t n;
	pid_t pid;

	if (pipe(ends) < 0)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	if (posix_spawnp(&pid, git, &actions, NULL, argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	n = read(ends[0], answer, sizeof answer - 1);
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return n > 0 && answer[0] >= '0' && answer[0] <= '2' ? answer[0] - '0' : 2;
}

/* git asks git-receive-pack for version 1 at most, as it does itself. */
static int version_for(enum service service)
{
	const char *offered = getenv("GIT_PROTOCOL");
	int version = offered ? protocol_version(cursor_over_text(offered)) : configured_version();

	return service == SERVICE_RECEIVE_PACK && version == 2 ? 0 : version;
}

/* The repository in "gitcell://team/x", or what followed "gitcell::". */
static const char *path_of(const char *url)
{
	static const char scheme[] = "gitcell://";

	return strncmp(url, scheme, sizeof scheme - 1) ? url : url + sizeof scheme - 1;
}

static int connect_to(const char *url, enum service service)
{
	const struct fault *fault;
	int fd;

	fault = relay_connect(relay_socket_path(), &fd);
	if (!fault)
		fault = relay_request(fd, service, path_of(url), version_for(service), NULL);
	if (fault)
		return fail(fault);
	/* an empty line: connected, what follows is the protocol */
	if (write(STDOUT_FILENO, "\n", 1) != 1)
		return 71;
	fault = relay_run(fd);
	return fault ? fail(fault) : 0;
}

/* One line of stdin, byte by byte: what follows the last command is not ours to read. */
static bool read_command(char out[COMMAND_MAX])
{
	for (size_t len = 0; len < COMMAND_MAX; len++) {
		if (read(STDIN_FILENO, out + len, 1) != 1)
			return false;
		if (out[len] == '\n') {
			out[len] = '\0';
			return true;
		}
	}
	return false;
}

static int serve_commands(const char *url)
{
	static const char offered[] = "connect\n\n";
	char command[COMMAND_MAX];
	enum service service;

	while (read_command(command) && command[0]) {
		struct cursor word = cursor_over_text(command);

		if (cursor_is(&word, "capabilities")) {
			if (write(STDOUT_FILENO, offered, sizeof offered - 1) < 0)
				return 71;
		} else if (cursor_literal(&word, "connect ") && service_by_name(&word, &service)) {
			return connect_to(url, service);
		} else if (cursor_starts(&word, "git-upload-archive")) {
			/* "fallback": not served this way, nor any other */
			if (write(STDOUT_FILENO, "fallback\n", 9) < 0)
				return 71;
		} else {
			fprintf(stderr, "%s: unknown command of git: %s\n", PROGRAM, command);
			return 128;
		}
	}
	return 0;
}

static void usage(FILE *to)
{
	fprintf(to,
		"usage: git clone gitcell::NAME    (git runs %s REMOTE URL)\n"
		"$GITCELL_SOCKET names the server's socket; see %s(1)\n",
		PROGRAM, PROGRAM);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return puts(PROGRAM " " PACKAGE_VERSION) < 0;
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		usage(stdout);
		return 0;
	}
	if (argc != 3) {
		usage(stderr);
		return 129;
	}
	signal(SIGPIPE, SIG_IGN);
	return serve_commands(argv[2]);
}
