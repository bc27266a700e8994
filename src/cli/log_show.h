/* SPDX-License-Identifier: ISC */
/* cli/log_show.h: entries of the journal for people and for programs, oldest first. */
#ifndef CLI_LOG_SHOW_H
#define CLI_LOG_SHOW_H

#include "cli/cli.h"
#include "cli/journal.h"

#define LOG_SHOW_REFS 3 /* that a line for people names; of the others the number */

void log_show_text(const struct journal_entries *entries, struct buffer *out);
void log_show_json(const struct journal_entries *entries, struct buffer *out);

#endif
