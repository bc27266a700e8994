/* SPDX-License-Identifier: ISC */
/*
 * cli/cmd_sandbox.c: "gitcell sandbox": prints the rows that the filters were compiled from, and
 * the rights that Landlock leaves. The same tables as the server's; nothing here is foreign.
 */
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <string.h>
#include "cell/fence.h"
#include "cli/fences.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/table.h"

static const struct fault fault_stage = {BLAME_HOST, "not a stage"};

/* Newer than some kernel headers. */
#define FS_TRUNCATE (1ULL << 14)

static const struct {
	uint64_t right;
	const char *name;
} rights[] = {
	{LANDLOCK_ACCESS_FS_READ_FILE, "read files"},
	{LANDLOCK_ACCESS_FS_READ_DIR, "list directories"},
	{LANDLOCK_ACCESS_FS_WRITE_FILE, "write files"},
	{FS_TRUNCATE, "truncate files"},
	{LANDLOCK_ACCESS_FS_MAKE_REG, "make regular files"},
	{LANDLOCK_ACCESS_FS_MAKE_DIR, "make directories"},
	{LANDLOCK_ACCESS_FS_REMOVE_FILE, "remove files"},
	{LANDLOCK_ACCESS_FS_REMOVE_DIR, "remove directories"},
	{LANDLOCK_ACCESS_FS_REFER, "link and rename between directories"},
	{LANDLOCK_ACCESS_FS_EXECUTE, "execute"},
	{LANDLOCK_ACCESS_FS_MAKE_SYM, "make symbolic links"},
	{LANDLOCK_ACCESS_FS_MAKE_SOCK, "make sockets"},
	{LANDLOCK_ACCESS_FS_MAKE_FIFO, "make FIFOs"},
	{LANDLOCK_ACCESS_FS_MAKE_CHAR, "make devices"},
	{LANDLOCK_ACCESS_FS_MAKE_BLOCK, "make devices"},
};

#define RIGHT_COUNT (sizeof rights / sizeof *rights)

static const char *below(enum stage stage)
{
	return stage == STAGE_REQUEST ? "the root" : "the repository";
}

static const struct fault *find_stage(const char *name, enum stage *out)
{
	for (int i = 0; i < STAGE_COUNT; i++) {
		if (strcmp(filters[i].stage, name) == 0) {
			*out = (enum stage)i;
			return NULL;
		}
	}
	return fault_note(&fault_stage, "\"%.64s\": give request, fetch, parser or keeper", name);
}

/* --- for people ------------------------------------------------------------------------------- */

static void print_rights(enum stage stage, struct buffer *out)
{
	uint64_t kept = landlock_rights(stage);
	const char *between = "";

	buffer_format(out, "Landlock leaves, below %s: ", below(stage));
	for (size_t i = 0; i < RIGHT_COUNT; i++) {
		if (kept & rights[i].right) {
			buffer_format(out, "%s%s", between, rights[i].name);
			between = ", ";
		}
	}
	buffer_text(out, ". Nothing elsewhere.\n");
}

static void print_kernel(struct buffer *out)
{
	int abi = landlock_offered();

	if (abi)
		buffer_format(out, "This kernel offers Landlock ABI %d; ", abi);
	else
		buffer_text(out, "This kernel offers no Landlock; ");
	buffer_format(out, "seccomp filters: %s.\n", seccomp_offered() ? "yes" : "no");
}

static void print_stage(enum stage stage, struct buffer *out)
{
	static const char *const headings[] = {"CALL", "ACTION", "REASON", "CONDITION", NULL};
	const struct filter *filter = &filters[stage];
	struct table table = {.headings = headings};

	buffer_format(out, "%s\n\n", filter->summary);
	for (size_t i = 0; i < filter->row_count; i++) {
		table_cell(&table, filter->rows[i].syscall);
		table_cell(&table, filter->rows[i].action);
		table_cell(&table, filter->rows[i].reason);
		table_cell(&table, filter->rows[i].condition); /* last: some are long */
	}
	table_print(&table, cli_bold(), out);
	table_free(&table);
	buffer_format(out, "\nWhatever no row admits: %s.\n", filter->default_action);
	print_rights(stage, out);
	print_kernel(out);
}

static void print_summary(struct buffer *out)
{
	static const char *const headings[] = {"STAGE", "CALLS", "ELSE", "SUMMARY", NULL};
	struct table table = {.headings = headings};

	for (int i = 0; i < STAGE_COUNT; i++) {
		table_cell(&table, filters[i].stage);
		table_format(&table, "%zu", filters[i].row_count);
		table_cell(&table, filters[i].default_action);
		table_cell(&table, filters[i].summary);
	}
	table_print(&table, cli_bold(), out);
	table_free(&table);
	buffer_text(out, "\n\"gitcell sandbox STAGE\" lists the calls of one, with reasons.\n");
	print_kernel(out);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void write_rights(enum stage stage, struct json *json)
{
	json_object(json, "landlock");
	json_text(json, "below", stage == STAGE_REQUEST ? "root" : "repository");
	json_array(json, "rights");
	for (size_t i = 0; i < RIGHT_COUNT; i++)
		if (landlock_rights(stage) & rights[i].right)
			json_text(json, NULL, rights[i].name);
	json_end_array(json);
	json_end_object(json);
}

static void write_stage(enum stage stage, struct json *json)
{
	const struct filter *filter = &filters[stage];

	json_object(json, NULL);
	json_text(json, "stage", filter->stage);
	json_text(json, "summary", filter->summary);
	json_text(json, "default", filter->default_action);
	json_array(json, "rows");
	for (size_t i = 0; i < filter->row_count; i++) {
		json_object(json, NULL);
		json_text(json, "call", filter->rows[i].syscall);
		json_text(json, "condition", filter->rows[i].condition);
		json_text(json, "action", filter->rows[i].action);
		json_text(json, "reason", filter->rows[i].reason);
		json_end_object(json);
	}
	json_end_array(json);
	write_rights(stage, json);
	json_end_object(json);
}

/* The stages from FIRST to LAST. */
static void print_json(int first, int last, struct buffer *out)
{
	struct json json = {.out = out};

	json_object(&json, NULL);
	json_number(&json, "landlock_abi", (uint64_t)landlock_offered());
	json_bool(&json, "seccomp", seccomp_offered());
	json_array(&json, "stages");
	for (int i = first; i <= last; i++)
		write_stage((enum stage)i, &json);
	json_end_array(&json);
	json_end_object(&json);
	json_newline(&json);
}

int cmd_sandbox(const struct command *self, int argc, char **argv)
{
	bool json = false;
	enum stage stage = STAGE_COUNT;
	struct buffer out = BUFFER_INIT;
	const struct fault *fault = NULL;
	char **operands;
	int status;
	const struct option_row rows[] = {OPTION_JSON(&json)};

	if (!options_read(self, ROWS(rows), argc, argv, 0, 1, &operands, &status))
		return status;
	if (*operands)
		fault = find_stage(*operands, &stage);
	if (fault) {
		cli_fail(fault);
		return CLI_USAGE;
	}
	if (json && *operands)
		print_json((int)stage, (int)stage, &out);
	else if (json)
		print_json(0, STAGE_COUNT - 1, &out);
	else if (*operands)
		print_stage(stage, &out);
	else
		print_summary(&out);
	return cli_finish(&out, CLI_OK);
}
