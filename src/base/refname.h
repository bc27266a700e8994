/* SPDX-License-Identifier: ISC */
/* base/refname.h: the rules of git-check-ref-format(1), over (pointer, length). */
#ifndef BASE_REFNAME_H
#define BASE_REFNAME_H

#include "base/cursor.h"

#define REFNAME_MAX 1024          /* bytes */
#define REFNAME_COMPONENT_MAX 250 /* bytes; with ".lock" it is 255, the longest file name */

/* As "git check-ref-format --allow-onelevel NAME", and within the two limits above. */
bool refname_valid(struct cursor name);

/* May a push name it: starts with "refs/", valid, at least three components ("refs/x/y"). */
bool refname_pushable(struct cursor name);

#endif
