/* SPDX-License-Identifier: ISC */
/*
 * cli/cmd_status.c: "gitcell status": the scoreboard of live connections (cell/slots.h), joined
 * with systemd's services by process id. Either may be missing; both are for people to read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/mem.h"
#include "cell/policy.h"
#include "cell/slots.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/units.h"
#include "cli/when.h"

struct connection {
	uint32_t pid;
	uint64_t since; /* seconds since the epoch; 0: not known */
	bool counted;   /* it has a record: */
	bool asked;     /* it has said what it wants: */
	struct slot_record record;
	const char *unit; /* NULL: not known */
};

struct status {
	struct connection *list;
	size_t count, cap;
	struct units units;
	const struct fault *failed;
};

static struct connection *add(struct status *status)
{
	if (!mem_grow(&status->list, status->count, &status->cap, sizeof *status->list)) {
		status->failed = &fault_memory;
		return NULL;
	}
	status->list[status->count] = (struct connection){0};
	return &status->list[status->count++];
}

static void add_slot(void *arg, unsigned number, const struct slot_record *record)
{
	struct connection *connection = add(arg);

	(void)number;
	if (!connection)
		return;
	connection->pid = record->pid;
	connection->since = record->started_ms / 1000;
	connection->counted = true;
	connection->asked = record->protocol >= 0;
	connection->record = *record;
}

static struct connection *find(const struct status *status, uint32_t pid)
{
	for (size_t i = 0; i < status->count; i++)
		if (status->list[i].pid == pid)
			return &status->list[i];
	return NULL;
}

static void join_units(struct status *status)
{
	for (size_t i = 0; i < status->units.count; i++) {
		const struct unit *unit = &status->units.list[i];
		struct connection *connection = find(status, unit->pid);
		if (!connection) {
			connection = add(status);
			if (!connection)
				return;
			connection->pid = unit->pid;
			connection->since = unit->since_us / 1000000;
		}
		connection->unit = unit->name;
	}
}

static int by_age(const void *a, const void *b)
{
	const struct connection *x = a, *y = b;

	return (x->since > y->since) - (x->since < y->since);
}

/* One of the two sources is enough; what is missing is said. */
static const struct fault *gather(struct status *status, const char *config)
{
	struct policy *policy = NULL;
	const struct fault *fault, *no_units;

	TRY(policy_load(config, &policy, NULL, NULL));
	fault = slots_read(policy_settings(policy)->slots, add_slot, status);
	if (fault)
		cli_warn("%s: %s%s; what only it knows is left out", fault->text,
			fault_detail(fault), geteuid() ? " (run this as root)" : "");
	policy_free(policy);
	no_units = units_read(&status->units);
	if (no_units)
		cli_warn("%s: %s; units are left out", no_units->text, fault_detail(no_units));
	if (fault && no_units)
		return fault_note(&fault_cli, "neither slots nor systemd can be asked");
	join_units(status);
	if (status->count)
		qsort(status->list, status->count, sizeof *status->list, by_age);
	return status->failed;
}

static const char *verb_of(const struct connection *connection)
{
	if (!connection->asked)
		return NULL;
	return connection->record.service == SERVICE_RECEIVE_PACK ? "push" : "fetch";
}

static const char *repository_of(const struct connection *connection)
{
	return connection->record.repository[0] ? connection->record.repository : NULL;
}

static void print_row(struct table *table, const struct connection *connection, time_t now)
{
	struct buffer age = BUFFER_INIT;
	uint64_t seconds =
		(uint64_t)now > connection->since ? (uint64_t)now - connection->since : 0;

	table_cell(table, connection->counted ? connection->record.who : NULL);
	table_cell(table, verb_of(connection));
	table_cell(table, repository_of(connection));
	if (connection->since)
		when_format_age(seconds, &age);
	table_cell(table, age.len ? buffer_cstr(&age) : NULL);
	table_format(table, "%u", connection->pid);
	table_cell(table, connection->unit);
	buffer_free(&age);
}

static void print_text(const struct status *status, struct buffer *out)
{
	static const char *const headings[] = {
		"USER", "VERB", "REPOSITORY", "FOR", "PID", "UNIT", NULL};
	struct table table = {.headings = headings};

	if (!status->count) {
		buffer_text(out, "no connections\n");
		return;
	}
	for (size_t i = 0; i < status->count; i++)
		print_row(&table, &status->list[i], time(NULL));
	table_print(&table, cli_bold(), out);
	table_free(&table);
}

static void write_connection(struct json *json, const struct connection *connection)
{
	const struct slot_record *record = &connection->record;

	json_object(json, NULL);
	json_text(json, "user", connection->counted ? record->who : NULL);
	if (connection->counted && record->uid != (uint32_t)-1)
		json_number(json, "uid", record->uid);
	else
		json_null(json, "uid");
	json_text(json, "verb", verb_of(connection));
	json_text(json, "repository", repository_of(connection));
	if (connection->asked)
		json_number(json, "protocol", (uint64_t)record->protocol);
	else
		json_null(json, "protocol");
	json_number(json, "since", connection->since);
	json_number(json, "pid", connection->pid);
	json_text(json, "unit", connection->unit);
	json_end_object(json);
}

static void print_json(const struct status *status, struct buffer *out)
{
	struct json json = {.out = out};

	json_array(&json, NULL);
	for (size_t i = 0; i < status->count; i++)
		write_connection(&json, &status->list[i]);
	json_end_array(&json);
	json_newline(&json);
}

int cmd_status(const struct command *self, int argc, char **argv)
{
	const char *config = NULL;
	bool json = false;
	struct status gathered = {.list = NULL};
	struct buffer out = BUFFER_INIT;
	const struct fault *fault;
	char **operands;
	int status;
	const struct option_row rows[] = {
		OPTION_CONFIG(&config),
		OPTION_JSON(&json),
	};

	if (!options_read(self, ROWS(rows), argc, argv, 0, 0, &operands, &status))
		return status;
	fault = gather(&gathered, config);
	if (!fault && json)
		print_json(&gathered, &out);
	else if (!fault)
		print_text(&gathered, &out);
	free(gathered.list);
	units_free(&gathered.units);
	return fault ? cli_fail(fault) : cli_finish(&out, CLI_OK);
}
