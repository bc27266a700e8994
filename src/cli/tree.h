/* SPDX-License-Identifier: ISC */
/*
 * cli/tree.h: everything below a directory, without following symbolic links. Depth costs memory,
 * not stack.
 */
#ifndef CLI_TREE_H
#define CLI_TREE_H

#include <stdbool.h>
#include <sys/stat.h>
#include "base/fault.h"

struct tree_entry {
	int dir;          /* that the walk began at */
	const char *path; /* below it */
	const char *name; /* the last component of it */
	struct stat stat; /* of a symbolic link itself */
};

/* Returns whether to descend into ENTRY, if that is a directory. */
typedef bool tree_visitor(void *arg, const struct tree_entry *entry);

/* Told of what could not be read; the walk goes on. */
typedef void tree_problem(void *arg, const char *path, int error);

/* The order is that of the file system. */
const struct fault *tree_walk(
	int dir, tree_visitor *visit, tree_problem *problem, void *arg) MUST_USE;

/* Opens the directory PATH below DIR if no component of it is a symbolic link; -1 and errno. */
int tree_open(int dir, const char *path);

#endif
