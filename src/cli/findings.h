/* SPDX-License-Identifier: ISC */
/*
 * cli/findings.h: what "gitcell check" finds: where, what is wrong, and what to do about it.
 * Nothing that is found is trusted: texts are escaped when they are printed.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buffer.h"
#include "cli/json.h"

struct finding {
	char *file;    /* NULL: none */
	unsigned line; /* 0: none */
	char *problem;
	char *remedy; /* "" if the problem says it */
};

struct findings {
	struct finding *list;
	size_t count, cap;
	const struct fault *failed;
};

/* Copies its texts. */
void findings_add(struct findings *findings, const char *file, unsigned line, const char *problem,
	const char *remedy);

/* A finding that is put together: the file and the two texts; any of the buffers may be empty. All
 * three are freed. */
void findings_take(struct findings *findings, struct buffer *file, struct buffer *problem,
	struct buffer *remedy);

void findings_print(const struct findings *findings, struct buffer *out);
void findings_write(const struct findings *findings, struct json *json);
void findings_free(struct findings *findings);

#endif
