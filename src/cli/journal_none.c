/* SPDX-License-Identifier: ISC */
/* cli/journal_none.c: for a gitcell(1) that was built without libsystemd. */
#include "cli/journal.h"

const struct fault *journal_read(const struct journal_query *query, struct journal_entries *out)
{
	(void)query;
	*out = (struct journal_entries){0};
	return fault_note(&fault_journal,
		"this gitcell was built without libsystemd; \"journalctl -t gitcell\" shows it");
}
