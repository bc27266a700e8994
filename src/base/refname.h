/* SPDX-License-Identifier: ISC */
/* base/refname.h: the rules of git-check-ref-format(1), over (pointer, length). */
#ifndef BASE_REFNAME_H
#define BASE_REFNAME_H

#include "base/cursor.h"

#define REFNAME_MAX 1024 /* bytes; also what a path component rule of the file system allows: 255  \
			  */

/* As "git check-ref-format --allow-onelevel NAME" with every component at most 251 bytes, so that
 * its ".lock" fits in a file name. */
bool refname_valid(struct cursor name);

/* May a push name it: starts with "refs/", valid, at least three components ("refs/x/y"). */
bool refname_pushable(struct cursor name);

#endif
