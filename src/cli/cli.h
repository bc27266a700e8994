/* SPDX-License-Identifier: ISC */
/*
 * cli/cli.h: the sub-commands of gitcell(1), and what they share.
 *
 * They run as whoever calls them, outside any sandbox, with stdio and NSS. What a repository, the
 * journal or a server says is hostile all the same: text is escaped before it is printed.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buffer.h"
#include "base/fault.h"

/* Exit statuses; faults add those of fault_exit_status(). */
enum {
	CLI_OK = 0,
	CLI_NO = 1, /* denied; problems were found */
	CLI_USAGE = 129,
};

struct command {
	const char *name;
	int (*run)(const struct command *self, int argc, char **argv); /* argv[0] is its name */
	const char *usage;                                             /* what follows the name */
	const char *summary;
};

int cmd_check(const struct command *self, int argc, char **argv);
int cmd_create(const struct command *self, int argc, char **argv);
int cmd_explain(const struct command *self, int argc, char **argv);
int cmd_list(const struct command *self, int argc, char **argv);
int cmd_log(const struct command *self, int argc, char **argv);
int cmd_sandbox(const struct command *self, int argc, char **argv);
int cmd_status(const struct command *self, int argc, char **argv);
int cmd_whoami(const struct command *self, int argc, char **argv);

/* Some commands call what they lack on this machine a fault of the host. */
extern const struct fault fault_cli; /* host; the note says it all */

/* "gitcell: ..." on standard error; returns the exit status. */
int cli_fail(const struct fault *fault);

/* Writes OUT to standard output and frees it; returns STATUS, or that of a write that failed. */
int cli_finish(struct buffer *out, int status);

/*
 * Appends TEXT so that no terminal acts upon it: bytes that are not printable ASCII become \xNN.
 * For eyes; what has to be read back exactly is asked for as JSON.
 */
void cli_text(struct buffer *out, const char *text);

/* A warning on standard error. */
void cli_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* May output be bold? On a terminal, if NO_COLOR is not set. */
bool cli_bold(void);

#endif
