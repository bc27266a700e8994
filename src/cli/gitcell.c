/* SPDX-License-Identifier: ISC */
/* cli/gitcell.c: gitcell(1): which of its sub-commands is meant. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "cli/cli.h"

static int cmd_help(const struct command *self, int argc, char **argv);
static int cmd_version(const struct command *self, int argc, char **argv);

static const struct command commands[] = {
	{"check", cmd_check, "[--config FILE] [--json]",
		"look for problems in policy, repositories and kernel"},
	{"create", cmd_create,
		"[--config FILE] [--root DIR] [--owner USER] [--branch NAME] REPOSITORY",
		"create an empty repository"},
	{"explain", cmd_explain, "[--config FILE] [--json] USER read|write REPOSITORY",
		"say what the policy decides, and by which line"},
	{"list", cmd_list, "[--config FILE] [--long] [--json]", "list the repositories"},
	{"log", cmd_log,
		"[--user USER] [--repo REPOSITORY] [--ref REF] [--since TIME] [--until TIME] "
		"[--pushes | --fetches] [--lines N] [--config FILE] [--directory DIR] [--json] "
		"[REPOSITORY]",
		"show fetches and pushes from the journal"},
	{"sandbox", cmd_sandbox, "[--json] [STAGE]", "say what a stage may do, and why"},
	{"status", cmd_status, "[--config FILE] [--json]", "show the live connections"},
	{"whoami", cmd_whoami, "[--json]", "ask whom the server takes you for"},
	{"help", cmd_help, "[COMMAND]", "explain a command"},
	{"--help", cmd_help, NULL, NULL},
	{"--version", cmd_version, NULL, NULL},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void list_commands(FILE *to)
{
	fputs("usage: gitcell COMMAND [ARGUMENT...]\n\n", to);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (commands[i].summary)
			fprintf(to, "  %-8s  %s\n", commands[i].name, commands[i].summary);
	fputs("\n\"gitcell COMMAND --help\" says more, gitcell(1) all.\n", to);
}

static int unknown(const char *name)
{
	cli_warn("there is no command \"%.64s\"", name);
	list_commands(stderr);
	return CLI_USAGE;
}

static int cmd_help(const struct command *self, int argc, char **argv)
{
	struct buffer nothing = BUFFER_INIT;
	const struct command *about = argc > 1 ? find(argv[1]) : self;

	if (!about)
		return unknown(argv[1]);
	if (about->summary && about->run != cmd_help) {
		static char help[] = "--help";
		char *arguments[] = {argv[1], help, NULL};
		return about->run(about, 2, arguments);
	}
	list_commands(stdout);
	return cli_finish(&nothing, CLI_OK);
}

static int cmd_version(const struct command *self, int argc, char **argv)
{
	struct buffer out = BUFFER_INIT;

	(void)self;
	(void)argc;
	(void)argv;
	buffer_text(&out, "gitcell " PACKAGE_VERSION "\n");
	return cli_finish(&out, CLI_OK);
}

int main(int argc, char **argv)
{
	const struct command *command;

	signal(SIGPIPE, SIG_DFL);
	if (argc < 2) {
		list_commands(stderr);
		return CLI_USAGE;
	}
	command = find(argv[1]);
	return command ? command->run(command, argc - 1, argv + 1) : unknown(argv[1]);
}
