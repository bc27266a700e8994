/* SPDX-License-Identifier: ISC */
/* cli/table.h: aligned columns for people. Every cell is escaped; nothing is trusted. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/buffer.h"

#define TABLE_COLUMNS_MAX 8

struct table {
	const char *const *headings; /* NULL-terminated, at most TABLE_COLUMNS_MAX */
	char **cells;                /* row by row */
	size_t count, cap;
	const struct fault *failed;
};

/* Adds the next cell; NULL is "-". A table is full of rows or not complete. */
void table_cell(struct table *table, const char *text);
void table_format(struct table *table, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends headings and rows to OUT; the last column is not padded. BOLD: the headings. */
void table_print(const struct table *table, bool bold, struct buffer *out);
void table_free(struct table *table);

#endif
