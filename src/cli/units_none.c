/* SPDX-License-Identifier: ISC */
/* cli/units_none.c: for a gitcell(1) that was built without libsystemd. */
#include "cli/units.h"

const struct fault fault_units = {BLAME_HOST, "cannot ask systemd"};

const struct fault *units_read(struct units *units)
{
	*units = (struct units){0};
	return fault_note(&fault_units, "built without libsystemd");
}

void units_free(struct units *units)
{
	*units = (struct units){0};
}
