/* SPDX-License-Identifier: ISC */
/* cli/options.h: one table per sub-command says what it takes, and is its --help as well. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

#define OPTIONS_MAX 16

struct option_row {
	const char *name;     /* without "--" */
	const char *argument; /* what --help calls it; NULL: a flag */
	const char *summary;
	bool *flag;         /* set to true, */
	const char **value; /* or to the argument */
};

/* What --help says of each option, and with it the manual. */
#define OPTION_CONFIG(where)                                                                       \
	{                                                                                          \
		"config", "FILE", "the policy, instead of " SYSCONFDIR "/gitcell/policy",          \
			.value = (where)                                                           \
	}
#define OPTION_JSON(where)                                                                         \
	{                                                                                          \
		"json", NULL, "print JSON", .flag = (where)                                        \
	}

/*
 * Reads the options; LEAST to MOST operands must be left, and *OPERANDS is the first of them (the
 * list ends in NULL). False if the command is over, with *STATUS: after --help, or wrong use.
 */
bool options_read(const struct command *self, const struct option_row *rows, size_t count, int argc,
	char **argv, int least, int most, char ***operands, int *status) MUST_USE;

#define ROWS(table) (table), sizeof(table) / sizeof *(table)

#endif
