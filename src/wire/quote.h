/* SPDX-License-Identifier: ISC */
/* wire/quote.h: how this room shows a line that it refuses. */
#ifndef WIRE_QUOTE_H
#define WIRE_QUOTE_H

#include "base/cursor.h"
#include "base/fault.h"

#define QUOTE_MAX 400 /* bytes; a detail holds a few more */

/* Notes the line in single quotes after WHAT; returns FAULT. */
static inline const struct fault *fault_quote(
	const struct fault *fault, const char *what, struct cursor line)
{
	size_t len = cursor_left(&line);

	return fault_note(fault, "%s'%.*s'", what, (int)(len < QUOTE_MAX ? len : QUOTE_MAX),
		(const char *)line.at);
}

#endif
