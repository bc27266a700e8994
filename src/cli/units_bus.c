/* SPDX-License-Identifier: ISC */
/* cli/units_bus.c: asks systemd(1) over the system bus, as whoever calls; changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include "base/mem.h"
#include "cli/units.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"

const struct fault fault_units = {BLAME_HOST, "cannot ask systemd"};

static const struct fault *failed(int error, const char *what)
{
	return fault_errno(&fault_units, -error, what);
}

/* A unit that ends while it is asked about has no pid any more, and is left out. */
static const struct fault *add(sd_bus *bus, struct units *units, const char *name, const char *path)
{
	struct unit unit = {.pid = 0};

	if (sd_bus_get_property_trivial(
		    bus, SYSTEMD, path, SYSTEMD ".Service", "MainPID", NULL, 'u', &unit.pid) < 0 ||
		!unit.pid)
		return NULL;
	if (sd_bus_get_property_trivial(bus, SYSTEMD, path, SYSTEMD ".Unit", "ActiveEnterTimestamp",
		    NULL, 't', &unit.since_us) < 0)
		unit.since_us = 0;
	snprintf(unit.name, sizeof unit.name, "%s", name);
	if (!mem_grow(&units->list, units->count, &units->cap, sizeof unit))
		return &fault_memory;
	units->list[units->count++] = unit;
	return NULL;
}

/* Of each of the ten values only the first, the name, and the seventh, the path, are of use. */
static const struct fault *read_units(sd_bus *bus, sd_bus_message *reply, struct units *units)
{
	const char *name, *path;
	int got = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");

	while (got > 0) {
		got = sd_bus_message_read(reply, "(ssssssouso)", &name, NULL, NULL, NULL, NULL,
			NULL, &path, NULL, NULL, NULL);
		if (got > 0)
			TRY(add(bus, units, name, path));
	}
	return got < 0 ? failed(got, "the list of units") : NULL;
}

static int ask(sd_bus *bus, sd_bus_message **reply)
{
	static char running[] = "active", starting[] = "activating", ending[] = "deactivating";
	static char pattern[] = "gitcell@*.service";
	char *states[] = {running, starting, ending, NULL}, *patterns[] = {pattern, NULL};
	sd_bus_message *call = NULL;
	int got = sd_bus_message_new_method_call(
		bus, &call, SYSTEMD, MANAGER_PATH, SYSTEMD ".Manager", "ListUnitsByPatterns");

	if (got >= 0)
		got = sd_bus_message_append_strv(call, states);
	if (got >= 0)
		got = sd_bus_message_append_strv(call, patterns);
	if (got >= 0)
		got = sd_bus_call(bus, call, 0, NULL, reply);
	sd_bus_message_unref(call);
	return got;
}

const struct fault *units_read(struct units *units)
{
	const struct fault *fault;
	sd_bus *bus = NULL;
	sd_bus_message *reply = NULL;
	int got = sd_bus_open_system(&bus);

	*units = (struct units){0};
	if (got < 0)
		return failed(got, "the system bus");
	got = ask(bus, &reply);
	fault = got < 0 ? failed(got, "the list of units") : read_units(bus, reply, units);
	sd_bus_message_unref(reply);
	sd_bus_flush_close_unref(bus);
	if (fault)
		units_free(units);
	return fault;
}

void units_free(struct units *units)
{
	free(units->list);
	*units = (struct units){0};
}
