/* SPDX-License-Identifier: ISC */
/*
 * cli/units.h: the services that systemd runs for live connections, over sd-bus. units_none.c
 * stands in when gitcell is built without libsystemd.
 */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stddef.h>
#include <stdint.h>
#include "base/fault.h"

#define UNIT_NAME_MAX 255

struct unit {
	char name[UNIT_NAME_MAX + 1];
	uint32_t pid;
	uint64_t since_us; /* CLOCK_REALTIME; 0: not known */
};

struct units {
	struct unit *list;
	size_t count, cap;
};

extern const struct fault fault_units; /* host: there is no bus, or no systemd at its end */

/* The units gitcell@*.service that have a process. */
const struct fault *units_read(struct units *units) MUST_USE;
void units_free(struct units *units);

#endif
