/* SPDX-License-Identifier: ISC */
/*
 * base/gitconfig.h: the syntax of git-config(1), one entry at a time, over memory.
 *
 * Serves the policy and the repositories' own config. Includes are entries like any other: nobody
 * follows them. Limits: a line of GITCONFIG_VALUE_MAX bytes after unquoting.
 */
#ifndef BASE_GITCONFIG_H
#define BASE_GITCONFIG_H

#include <stdbool.h>
#include "base/cursor.h"
#include "base/fault.h"

#define GITCONFIG_NAME_MAX 256
#define GITCONFIG_VALUE_MAX 4096

struct gitconfig {
	struct cursor rest;
	unsigned line; /* the line being read, from 1 */
	char section[GITCONFIG_NAME_MAX];
	char subsection[GITCONFIG_NAME_MAX];
	bool has_subsection;
};

struct gitconfig_entry {
	const char *section;             /* lower case; valid until the next call */
	const char *subsection;          /* as written, unescaped; NULL if there is none */
	char key[GITCONFIG_NAME_MAX];    /* lower case; "" for a section header itself */
	char value[GITCONFIG_VALUE_MAX]; /* unquoted, comments removed, no CR or LF unless escaped
					  */
	bool has_value;                  /* "key" alone means true */
	unsigned line;                   /* where it starts */
};

extern const struct fault fault_config_syntax; /* host; the note names line and reason */

void gitconfig_start(struct gitconfig *config, struct cursor text);

/*
 * Reads the next entry; *MORE is false at the end. A section header is reported once with an empty
 * key, so that a repository section without keys is seen too.
 */
const struct fault *gitconfig_next(
	struct gitconfig *config, struct gitconfig_entry *entry, bool *more) MUST_USE;

/* Values, as git reads them: false if VALUE is not one. */
bool gitconfig_bool(const struct gitconfig_entry *entry, bool *out) MUST_USE;
bool gitconfig_size(const char *value, uint64_t max, uint64_t *out) MUST_USE; /* 10, 10k, 1m, 2g */
/* 10s, 5m, 2h, 1d, or a bare number of seconds; milliseconds out. */
bool gitconfig_duration(const char *value, uint64_t max_ms, uint64_t *out) MUST_USE;

#endif
