/* SPDX-License-Identifier: ISC */
/* base/fault.c: the shared faults, and the one line of detail beside them. Any stage. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/fault.h"

const struct fault fault_memory = {BLAME_HOST, "out of memory"};
const struct fault fault_too_big = {BLAME_PEER, "a limit was exceeded"};
const struct fault fault_internal = {BLAME_US, "internal error"};

/* The only state of this room: the newest detail, and whose it is. */
static char detail[512];
static const struct fault *detail_of;

static void escape_in_place(char *text, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char raw[512];
	size_t out = 0;

	snprintf(raw, sizeof raw, "%s", text);
	for (const char *p = raw; *p && out + 5 < size; p++) {
		unsigned char c = (unsigned char)*p;
		if (c >= 0x20 && c < 0x7f) {
			text[out++] = *p;
			continue;
		}
		text[out++] = '\\';
		text[out++] = 'x';
		text[out++] = digits[c >> 4];
		text[out++] = digits[c & 15];
	}
	text[out] = '\0';
}

const struct fault *fault_note(const struct fault *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	escape_in_place(detail, sizeof detail);
	detail_of = fault;
	return fault;
}

const struct fault *fault_errno(const struct fault *fault, int errno_value, const char *what)
{
	const char *text = strerrordesc_np(errno_value);

	return fault_note(fault, "%s: %s", what, text ? text : "unknown error");
}

const char *fault_detail(const struct fault *fault)
{
	return fault && fault == detail_of ? detail : "";
}

const char *fault_line(const struct fault *fault, char out[FAULT_LINE_MAX])
{
	const char *more = fault_detail(fault);
	size_t len = strlen(fault->text);
	bool colon = *more && len && fault->text[len - 1] != ' ';

	snprintf(out, FAULT_LINE_MAX, "%s%s%s", fault->text, colon ? ": " : "", more);
	return out;
}

int fault_exit_status(const struct fault *fault)
{
	static const int status[] = {
		[BLAME_PEER] = 128,   /* as git's own programs die */
		[BLAME_POLICY] = 128, /* must not be told from a missing repository */
		[BLAME_REPOSITORY] = 128,
		[BLAME_HOST] = 71, /* EX_OSERR */
		[BLAME_US] = 70,   /* EX_SOFTWARE */
	};

	return fault ? status[fault->blame] : 0;
}

const char *blame_name(enum blame blame)
{
	static const char *const names[] = {
		[BLAME_PEER] = "peer",
		[BLAME_POLICY] = "policy",
		[BLAME_REPOSITORY] = "repository",
		[BLAME_HOST] = "host",
		[BLAME_US] = "us",
	};

	return names[blame];
}
