/* SPDX-License-Identifier: ISC */
/*
 * seccomp/policy.h: the form of seccomp/STAGE.policy; used when gitcell is built, never installed.
 *
 *   row        = NAME ["?"] ["if" comparison *("and" comparison)] ["->" "errno" NAME] "#" reason
 *   comparison = "arg" DIGIT ["&" term] ("==" | "<=") value
 *   value      = term *("|" term)
 *   term       = NUMBER | NAME | "~" term | "(" value ")"
 *
 * An indented line continues the one above. A line of nothing but a comment belongs to no row; the
 * first one of a file, after "STAGE: ", is the stage's summary. A mask goes with "==" only, and an
 * argument is compared once in a row: libseccomp knows no more.
 *
 * There is no "!=" or ">": the kernel takes the lower half of a register for an int, a filter sees
 * all of it, and whoever fills the upper half would pass. With "==" and "<=" such a call is killed.
 */
#ifndef SECCOMP_POLICY_H
#define SECCOMP_POLICY_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <seccomp.h>

#define POLICY_ROWS_MAX 256
#define POLICY_TEXT_MAX 512
#define POLICY_NAME_MAX 64
#define POLICY_ARGS_MAX 6

struct policy_row {
	unsigned line;
	bool optional; /* NAME?: left out where the architecture has no such call */
	char syscall[POLICY_NAME_MAX];
	char condition[POLICY_TEXT_MAX]; /* as written, blanks squeezed */
	char action[POLICY_TEXT_MAX];    /* "allow" or "errno NAME" */
	char reason[POLICY_TEXT_MAX];
	uint32_t verdict; /* SCMP_ACT_… */
	struct scmp_arg_cmp compare[POLICY_ARGS_MAX];
	unsigned compare_count;
};

struct policy {
	const char *path;
	char summary[POLICY_TEXT_MAX];
	struct policy_row rows[POLICY_ROWS_MAX];
	size_t count;
};

/* Reads PATH; a mistake is told as "PATH:LINE: reason" on stderr and ends the program. */
void policy_read(struct policy *policy, const char *path);

/* The end of the program, with a reason; LINE 0 names the file only. */
void policy_fail(const char *path, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));

/* seccomp/constants.c: the value of a symbol such as O_CREAT; false if the table has none. */
bool constant_value(const char *name, uint64_t *out);

/* The number of an errno name; 0 if there is none. */
int errno_number(const char *name);

#endif
