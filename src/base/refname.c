/* SPDX-License-Identifier: ISC */
/* base/refname.c: which names a ref may have. Any stage; touches memory only. */
#include "base/refname.h"

static bool ends_with(const struct cursor *text, const char *suffix)
{
	size_t len = cursor_left(text), tail = strlen(suffix);

	return len >= tail && memcmp(text->end - tail, suffix, tail) == 0;
}

/* Control bytes, the blank, and what revisions, refspecs and patterns give a meaning. A table,
 * since every byte of every ref of a repository is asked about. */
static const bool byte_forbidden[256] = {
	[0 ... ' '] = true,
	[0x7f] = true,
	['~'] = true,
	['^'] = true,
	[':'] = true,
	['?'] = true,
	['*'] = true,
	['['] = true,
	['\\'] = true,
};

static bool bytes_valid(const struct cursor *name)
{
	uint8_t before = 0;

	for (const uint8_t *p = name->at; p < name->end; p++) {
		if (byte_forbidden[*p] || (before == '.' && *p == '.') ||
			(before == '@' && *p == '{'))
			return false;
		before = *p;
	}
	return true;
}

static bool component_valid(const struct cursor *component)
{
	size_t len = cursor_left(component);

	return len > 0 && len <= REFNAME_COMPONENT_MAX && !cursor_starts(component, ".") &&
	       !ends_with(component, ".lock");
}

bool refname_valid(struct cursor name)
{
	struct cursor component;

	if (cursor_left(&name) > REFNAME_MAX || cursor_is(&name, "@") || ends_with(&name, ".") ||
		!bytes_valid(&name))
		return false;
	while (cursor_until(&name, '/', &component))
		if (!component_valid(&component))
			return false;
	return component_valid(&name);
}

bool refname_pushable(struct cursor name)
{
	struct cursor rest = name, category;

	return refname_valid(name) && cursor_literal(&rest, "refs/") &&
	       cursor_until(&rest, '/', &category);
}
