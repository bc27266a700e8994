/* SPDX-License-Identifier: ISC */
/*
 * cli/gitcell_shell.c: gitcell-shell(1), what sshd runs for a user of the repositories. It takes
 * the one command that git asks for and carries the bytes to the server's socket, which sees this
 * process's uid; it executes nothing.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "cli/relay.h"

#define PROGRAM "gitcell-shell"

struct wish {
	enum service service;
	char path[REQUEST_MAX];
	char user[USER_NAME_MAX + 1]; /* asserted by the administrator's command=, or "" */
};

static const struct fault fault_shell_interactive = {BLAME_PEER,
	"you have reached the Git server; there are no interactive logins, only git "
	"clone, fetch and push"};
static const struct fault fault_shell_user = {BLAME_HOST, "not a user name"};
static const struct fault fault_shell_usage = {BLAME_HOST, "usage: " PROGRAM " [USER]"};

static const struct fault *take_user(struct cursor name, struct wish *wish)
{
	if (cursor_at_end(&name) || cursor_starts(&name, "-") ||
		!cursor_copy_text(&name, wish->user, sizeof wish->user))
		return &fault_shell_user;
	return NULL;
}

static const struct fault *original_command(struct wish *wish)
{
	const char *command = getenv("SSH_ORIGINAL_COMMAND");

	if (!command)
		return &fault_shell_interactive;
	return ssh_command_parse(cursor_over_text(command), &wish->service, wish->path);
}

/*
 * As a login shell sshd calls us with -c and a command: the client's own, or, if the account has a
 * command= in authorized_keys, that one: "gitcell-shell USER".
 */
static const struct fault *login_command(const char *text, struct wish *wish)
{
	struct cursor command = cursor_over_text(text), ahead = command, program;

	if (cursor_is(&command, PROGRAM))
		return original_command(wish);
	if (cursor_until(&ahead, ' ', &program) && cursor_left(&program) >= strlen(PROGRAM) &&
		cursor_is(&(struct cursor){program.end - strlen(PROGRAM), program.end}, PROGRAM)) {
		TRY(take_user(ahead, wish));
		return original_command(wish);
	}
	return ssh_command_parse(command, &wish->service, wish->path);
}

/* Under git's own program names the arguments are git's: "git-upload-pack PATH". */
static const struct fault *as_git_program(int argc, char **argv, struct wish *wish)
{
	struct cursor path = argc == 2 ? cursor_over_text(argv[1]) : cursor_over(NULL, 0);

	if (cursor_at_end(&path) || !cursor_copy_text(&path, wish->path, sizeof wish->path) ||
		wish->path[0] == '-')
		return fault_note(&fault_shell_usage, "expected one path");
	return NULL;
}

static const struct fault *find_wish(int argc, char **argv, struct wish *wish)
{
	const char *slash = strrchr(argv[0], '/');
	struct cursor name = cursor_over_text(slash ? slash + 1 : argv[0]);

	if (service_by_name(&name, &wish->service))
		return as_git_program(argc, argv, wish);
	if (argc == 3 && !strcmp(argv[1], "-c"))
		return login_command(argv[2], wish);
	if (argc == 2)
		TRY(take_user(cursor_over_text(argv[1]), wish));
	else if (argc != 1)
		return fault_note(&fault_shell_usage, "%d arguments", argc - 1);
	return original_command(wish);
}

static const struct fault *relay(const struct wish *wish)
{
	const char *offered = getenv("GIT_PROTOCOL");
	int fd, version = offered ? protocol_version(cursor_over_text(offered)) : 0;

	TRY(relay_connect(relay_socket_path(), &fd));
	TRY(relay_request(
		fd, wish->service, wish->path, version, wish->user[0] ? wish->user : NULL));
	return relay_run(fd);
}

static void help(void)
{
	puts("usage: " PROGRAM " [USER]\n"
	     "Relays git over ssh to the gitcell socket; for ForceCommand, command= in\n"
	     "authorized_keys, as a login shell, or under the name git-upload-pack or\n"
	     "git-receive-pack. See " PROGRAM "(1).");
}

int main(int argc, char **argv)
{
	struct wish wish = {0};
	char line[FAULT_LINE_MAX];
	const struct fault *fault;

	if (argc == 2 && !strcmp(argv[1], "--version"))
		return puts(PROGRAM " " PACKAGE_VERSION) < 0;
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		help();
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	fault = find_wish(argc, argv, &wish);
	if (!fault)
		fault = relay(&wish);
	if (fault)
		fprintf(stderr, "%s: %s\n", PROGRAM, fault_line(fault, line));
	return fault_exit_status(fault);
}
