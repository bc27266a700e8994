/* SPDX-License-Identifier: ISC */
/* cli/findings.c: touches memory only. */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/findings.h"

static void clear(struct finding *finding)
{
	free(finding->file);
	free(finding->problem);
	free(finding->remedy);
}

void findings_add(struct findings *findings, const char *file, unsigned line, const char *problem,
	const char *remedy)
{
	struct finding added = {
		.file = file ? mem_text(file, strlen(file)) : NULL,
		.line = line,
		.problem = mem_text(problem, strlen(problem)),
		.remedy = mem_text(remedy, strlen(remedy)),
	};

	if ((file && !added.file) || !added.problem || !added.remedy ||
		!mem_grow(
			&findings->list, findings->count, &findings->cap, sizeof *findings->list)) {
		clear(&added);
		findings->failed = &fault_memory;
		return;
	}
	findings->list[findings->count++] = added;
}

void findings_take(struct findings *findings, struct buffer *file, struct buffer *problem,
	struct buffer *remedy)
{
	findings_add(findings, file->len ? buffer_cstr(file) : NULL, 0, buffer_cstr(problem),
		buffer_cstr(remedy));
	buffer_free(file);
	buffer_free(problem);
	buffer_free(remedy);
}

/* "FILE:LINE: problem", and the remedy on a line of its own. */
void findings_print(const struct findings *findings, struct buffer *out)
{
	if (findings->failed)
		out->failed = findings->failed;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		if (finding->file) {
			cli_text(out, finding->file);
			if (finding->line)
				buffer_format(out, ":%u", finding->line);
			buffer_text(out, ": ");
		}
		cli_text(out, finding->problem);
		buffer_text(out, *finding->remedy ? "\n  " : "");
		cli_text(out, finding->remedy);
		buffer_byte(out, '\n');
	}
}

void findings_write(const struct findings *findings, struct json *json)
{
	if (findings->failed)
		json->out->failed = findings->failed;
	json_array(json, "problems");
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		json_object(json, NULL);
		json_text(json, "file", finding->file);
		if (finding->line)
			json_number(json, "line", finding->line);
		else
			json_null(json, "line");
		json_text(json, "problem", finding->problem);
		json_text(json, "remedy", *finding->remedy ? finding->remedy : NULL);
		json_end_object(json);
	}
	json_end_array(json);
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		clear(&findings->list[i]);
	free(findings->list);
	*findings = (struct findings){0};
}
