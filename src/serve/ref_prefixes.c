/* SPDX-License-Identifier: ISC */
/* serve/ref_prefixes.c: a sorted set in which no prefix begins with another. Stage fetch. */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/sort.h"
#include "serve/ref_prefixes.h"

void ref_prefixes_add(struct ref_prefixes *prefixes, struct cursor prefix)
{
	static const char never[] = "\n"; /* begins no ref */

	/* a ref has no NUL, so neither does a prefix that could match one */
	if (!cursor_at_end(&prefix) && memchr(prefix.at, '\0', cursor_left(&prefix)))
		prefix = cursor_over_text(never);
	if (prefixes->count >= REF_PREFIXES_MAX || prefixes->text.failed) {
		prefixes->all = true;
		return;
	}
	buffer_append(&prefixes->text, prefix.at, cursor_left(&prefix));
	buffer_byte(&prefixes->text, '\0');
	prefixes->count++;
}

static bool sorts_before(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y) < 0;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What begins with its predecessor adds nothing. */
static void drop_covered(struct ref_prefixes *prefixes)
{
	size_t kept = 0;

	for (size_t i = 0; i < prefixes->count; i++) {
		if (!kept || !begins_with(prefixes->sorted[i], prefixes->sorted[kept - 1]))
			prefixes->sorted[kept++] = prefixes->sorted[i];
	}
	prefixes->sorted_count = kept;
}

const struct fault *ref_prefixes_settle(struct ref_prefixes *prefixes)
{
	const char *at = buffer_cstr(&prefixes->text);

	if (prefixes->text.failed)
		prefixes->all = true;
	if (prefixes->all || !prefixes->count)
		return NULL;
	prefixes->sorted = mem_array(prefixes->count, sizeof *prefixes->sorted);
	if (!prefixes->sorted)
		return &fault_memory;
	for (size_t i = 0; i < prefixes->count; i++) {
		prefixes->sorted[i] = at;
		at += strlen(at) + 1;
	}
	sort(prefixes->sorted, prefixes->count, sizeof *prefixes->sorted, sorts_before);
	drop_covered(prefixes);
	return NULL;
}

bool ref_prefixes_match(const struct ref_prefixes *prefixes, const char *name)
{
	size_t low = 0, high = prefixes->sorted_count;

	if (prefixes->all || !prefixes->count)
		return true;
	while (low < high) { /* the last one that does not sort after NAME */
		size_t middle = low + (high - low) / 2;

		if (strcmp(prefixes->sorted[middle], name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && begins_with(name, prefixes->sorted[low - 1]);
}

void ref_prefixes_free(struct ref_prefixes *prefixes)
{
	buffer_free(&prefixes->text);
	free(prefixes->sorted);
}
