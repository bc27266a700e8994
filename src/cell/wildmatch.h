/* SPDX-License-Identifier: ISC */
/*
 * cell/wildmatch.h: the glob patterns of gitignore(5), for repository names.
 *
 * A pattern matches a whole name, component by component: '*' and '?' and "[...]" (ranges, '!' or
 * '^' to negate, "[:alpha:]" classes) stay within a component, a component that is "**" stands for
 * any number of them, also none; at the end for at least one. '\' takes the next character as it
 * is. Case matters. The result is that of git's wildmatch with WM_PATHNAME; the work is bounded by
 * (length of the pattern) times (length of the name), whatever either holds.
 */
#ifndef CELL_WILDMATCH_H
#define CELL_WILDMATCH_H

#include <stdbool.h>
#include "base/cursor.h"

/* NULL if PATTERN is well formed, else what is wrong with it, as a constant string. */
const char *wildmatch_check(struct cursor pattern);

/* Does PATTERN, which wildmatch_check() found well formed, match NAME? */
bool wildmatch(struct cursor pattern, struct cursor name);

#endif
