/* SPDX-License-Identifier: ISC */
/* cell/options.h: the command line of gitcell-serve(8). */
#ifndef CELL_OPTIONS_H
#define CELL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "wire/request.h"

struct options {
	enum {
		OPTIONS_CONNECTION, /* serve the connection that an init system handed us */
		OPTIONS_DIRECT,     /* serve one directory on standard input and output */
		OPTIONS_HELP,
		OPTIONS_VERSION,
	} mode;
	const char *config;   /* NULL: the default */
	const char *root;     /* NULL: the policy's */
	enum service service; /* of direct mode, and what follows too */
	const char *dir;
	bool strict;
	uint64_t timeout_ms; /* idle; 0: none */
};

/* Reads ARGV; returns NULL or what is wrong with it, as one line. */
const char *options_parse(int argc, char **argv, struct options *out);

extern const char options_help[];

#endif
