/* SPDX-License-Identifier: ISC */
/* cli/table.c: touches memory only. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/table.h"

void table_cell(struct table *table, const char *text)
{
	struct buffer escaped = BUFFER_INIT;
	char *cell;

	cli_text(&escaped, text && *text ? text : "-");
	cell = mem_text(buffer_cstr(&escaped), escaped.len);
	buffer_free(&escaped);
	if (!cell || !mem_grow(&table->cells, table->count, &table->cap, sizeof *table->cells)) {
		free(cell);
		table->failed = &fault_memory;
		return;
	}
	table->cells[table->count++] = cell;
}

void table_format(struct table *table, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	table_cell(table, text);
}

static size_t count_columns(const struct table *table)
{
	size_t count = 0;

	while (count < TABLE_COLUMNS_MAX && table->headings[count])
		count++;
	return count;
}

static void print_row(
	const char *const *cells, const size_t *widths, size_t columns, struct buffer *out)
{
	for (size_t i = 0; i + 1 < columns; i++)
		buffer_format(out, "%-*s  ", (int)widths[i], cells[i]);
	buffer_format(out, "%s\n", cells[columns - 1]);
}

static void measure(const char *const *cells, size_t columns, size_t *widths)
{
	for (size_t i = 0; i < columns; i++)
		if (strlen(cells[i]) > widths[i])
			widths[i] = strlen(cells[i]);
}

static const char *const *row_at(const struct table *table, size_t at)
{
	return (const char *const *)table->cells + at;
}

void table_print(const struct table *table, bool bold, struct buffer *out)
{
	size_t columns = count_columns(table), widths[TABLE_COLUMNS_MAX] = {0};

	if (table->failed)
		out->failed = table->failed;
	measure(table->headings, columns, widths);
	for (size_t i = 0; i + columns <= table->count; i += columns)
		measure(row_at(table, i), columns, widths);
	buffer_text(out, bold ? "\033[1m" : "");
	print_row(table->headings, widths, columns, out);
	buffer_text(out, bold ? "\033[0m" : "");
	for (size_t i = 0; i + columns <= table->count; i += columns)
		print_row(row_at(table, i), widths, columns, out);
}

void table_free(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
}
