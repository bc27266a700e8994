/* SPDX-License-Identifier: ISC */
/*
 * serve/ref_prefixes.h: the ref-prefix arguments of ls-refs, asked once for every ref: sorted, so
 * that many prefixes times many refs cost a bisection each.
 */
#ifndef SERVE_REF_PREFIXES_H
#define SERVE_REF_PREFIXES_H

#include <stdbool.h>
#include "base/buffer.h"
#include "base/cursor.h"

/* As git: past so many prefixes the client gets everything, and nobody's memory grows. */
#define REF_PREFIXES_MAX 65535
#define REF_PREFIX_BYTES_MAX ((size_t)16 << 20)

struct ref_prefixes {
	struct buffer text; /* each ends in a NUL */
	size_t count;
	bool all; /* there were too many */
	const char **sorted;
	size_t sorted_count;
};

#define REF_PREFIXES_INIT ((struct ref_prefixes){.text.limit = REF_PREFIX_BYTES_MAX})

void ref_prefixes_add(struct ref_prefixes *prefixes, struct cursor prefix);
/* After the last one. */
const struct fault *ref_prefixes_settle(struct ref_prefixes *prefixes) MUST_USE;
/* Does NAME begin with one of them, or were there none. */
bool ref_prefixes_match(const struct ref_prefixes *prefixes, const char *name);
void ref_prefixes_free(struct ref_prefixes *prefixes);

#endif
