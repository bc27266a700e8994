/* SPDX-License-Identifier: ISC */
/* cli/options.c: getopt_long(3) over the rows of a sub-command. Trusts its caller's user. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "cli/options.h"

static void print_usage(const struct command *self, FILE *to)
{
	fprintf(to, "usage: gitcell %s%s%s\n", self->name, *self->usage ? " " : "", self->usage);
}

static void print_row(const struct option_row *row)
{
	char left[40];

	snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
		row->argument ? row->argument : "");
	printf("  %-18s  %s\n", left, row->summary);
}

static int print_help(const struct command *self, const struct option_row *rows, size_t count)
{
	struct buffer nothing = BUFFER_INIT;

	print_usage(self, stdout);
	printf("\n%s\n\n", self->summary);
	for (size_t i = 0; i < count; i++)
		print_row(&rows[i]);
	printf("  %-18s  %s\n", "--help", "show this; more is in gitcell(1)");
	return cli_finish(&nothing, CLI_OK);
}

static void take(const struct option_row *row)
{
	if (row->value)
		*row->value = optarg;
	else
		*row->flag = true;
}

bool options_read(const struct command *self, const struct option_row *rows, size_t count, int argc,
	char **argv, int least, int most, char ***operands, int *status)
{
	struct option table[OPTIONS_MAX + 2] = {{0}};
	char program[32]; /* what getopt_long() puts before its complaints */
	int chosen, left;

	for (size_t i = 0; i < count && i < OPTIONS_MAX; i++)
		table[i] = (struct option){rows[i].name,
			rows[i].argument ? required_argument : no_argument, NULL, (int)i};
	table[count] = (struct option){"help", no_argument, NULL, (int)count};
	snprintf(program, sizeof program, "gitcell %s", self->name);
	argv[0] = program;
	*status = CLI_USAGE;
	while ((chosen = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (chosen == (int)count) {
			*status = print_help(self, rows, count);
			return false;
		}
		if (chosen < 0 || chosen > (int)count) {
			print_usage(self, stderr);
			return false;
		}
		take(&rows[chosen]);
	}
	argv[0] = NULL;
	left = argc - optind;
	*operands = argv + optind;
	if (left >= least && left <= most)
		return true;
	fprintf(stderr, "gitcell %s: %s\n", self->name,
		left < least ? "an argument is missing" : "too many arguments");
	print_usage(self, stderr);
	return false;
}
