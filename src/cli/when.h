/* SPDX-License-Identifier: ISC */
/* cli/when.h: times as people write and read them; no locale, but the time zone of the caller. */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include <stdint.h>
#include "base/buffer.h"
#include "base/fault.h"

extern const struct fault fault_when; /* host: not a time; the note says what is one */

/*
 * "YYYY-MM-DD", "YYYY-MM-DD HH:MM", "YYYY-MM-DD HH:MM:SS" (also with a 'T'), or "-N" and one of
 * s, m, h, d, w: that long before NOW. *OUT in seconds since the epoch.
 */
const struct fault *when_parse(const char *text, int64_t now, int64_t *out) MUST_USE;

/* Appends "2026-11-21 23:34:23", and "3h 2m" for a number of seconds. */
void when_format(int64_t seconds, struct buffer *out);
void when_format_age(uint64_t seconds, struct buffer *out);

#endif
