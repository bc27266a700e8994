/* SPDX-License-Identifier: ISC */
/*
 * object/object.c: types, names and links of objects. Stages fetch and parser; every byte that it
 * reads is hostile.
 */
#include <stdio.h>
#include "object/object.h"

const struct fault fault_object_syntax = {BLAME_REPOSITORY, "an object is malformed"};

static const char *const type_names[] = {
	[OBJECT_COMMIT] = "commit",
	[OBJECT_TREE] = "tree",
	[OBJECT_BLOB] = "blob",
	[OBJECT_TAG] = "tag",
};
#define TYPE_NAMES (sizeof type_names / sizeof type_names[0])

const char *object_type_name(enum object_type type)
{
	return (size_t)type < TYPE_NAMES ? type_names[type] : NULL;
}

enum object_type object_type_by_name(const struct cursor *name)
{
	for (size_t i = OBJECT_COMMIT; i < TYPE_NAMES; i++)
		if (cursor_is(name, type_names[i]))
			return (enum object_type)i;
	return OBJECT_NONE;
}

void object_hash_start(
	const struct hash_algo *algo, struct hash_ctx *ctx, enum object_type type, uint64_t len)
{
	char header[32];
	int size = snprintf(
		header, sizeof header, "%s %llu", object_type_name(type), (unsigned long long)len);

	algo->init(ctx);
	algo->update(ctx, header, (size_t)size + 1);
}

bool object_hash(const struct hash_algo *algo, enum object_type type, const void *bytes, size_t len,
	struct oid *out)
{
	struct hash_ctx ctx;

	object_hash_start(algo, &ctx, type, len);
	algo->update(&ctx, bytes, len);
	return algo->final(&ctx, out);
}

static const struct fault *malformed(const char *what)
{
	return fault_note(&fault_object_syntax, "%s", what);
}

/* Takes the line "WORD OID\n". */
static bool take_oid_line(
	struct cursor *c, const char *word, const struct hash_algo *algo, struct oid *out)
{
	struct cursor ahead = *c;

	if (!cursor_literal(&ahead, word) || !cursor_literal(&ahead, " ") ||
		!cursor_oid_hex(&ahead, algo, out) || !cursor_literal(&ahead, "\n"))
		return false;
	*c = ahead;
	return true;
}

/* The seconds behind the last '>' of "NAME <MAIL> SECONDS ZONE"; 0 if they are not there. */
static int64_t date_of(struct cursor person)
{
	struct cursor dropped;
	uint64_t seconds = 0;
	bool found = false;

	while (cursor_until(&person, '>', &dropped))
		found = true;
	if (!found || !cursor_literal(&person, " ") ||
		!cursor_decimal(&person, INT64_MAX, &seconds))
		return 0;
	return (int64_t)seconds;
}

/* Looks for the committer among the header lines, which an empty line ends. */
static int64_t committer_date(struct cursor headers)
{
	struct cursor line;

	while (cursor_until(&headers, '\n', &line) && !cursor_at_end(&line))
		if (cursor_literal(&line, "committer "))
			return date_of(line);
	return 0;
}

const struct fault *commit_view(
	struct cursor content, const struct hash_algo *algo, struct commit_view *out)
{
	struct commit_view view;
	struct oid parent;

	if (!take_oid_line(&content, "tree", algo, &view.tree))
		return malformed("a commit without a tree");
	view.parents = content;
	while (take_oid_line(&content, "parent", algo, &parent))
		;
	view.parents.end = content.at;
	if (cursor_starts(&content, "parent"))
		return malformed("a commit with a bad parent");
	view.date = committer_date(content);
	*out = view;
	return NULL;
}

bool commit_next_parent(struct commit_view *view, const struct hash_algo *algo, struct oid *out)
{
	return take_oid_line(&view->parents, "parent", algo, out);
}

/* Takes the octal digits of a tree entry's mode and the space behind them. */
static bool take_mode(struct cursor *c, uint32_t *mode)
{
	struct cursor digits;
	uint8_t digit;

	*mode = 0;
	if (!cursor_until(c, ' ', &digits) || cursor_at_end(&digits))
		return false;
	while (cursor_u8(&digits, &digit)) {
		if (digit < '0' || digit > '7' || *mode > UINT32_MAX >> 3)
			return false;
		*mode = *mode << 3 | (uint32_t)(digit - '0');
	}
	return true;
}

const struct fault *tree_next(
	struct cursor *tree, const struct hash_algo *algo, struct tree_entry *out)
{
	struct cursor ahead = *tree;
	struct tree_entry entry;

	if (!take_mode(&ahead, &entry.mode))
		return malformed("a tree entry with a bad mode");
	if (!cursor_until(&ahead, '\0', &entry.name) || cursor_at_end(&entry.name))
		return malformed("a tree entry without a name");
	if (!cursor_oid(&ahead, algo, &entry.oid))
		return malformed("a tree that is cut off");
	*out = entry;
	*tree = ahead;
	return NULL;
}

const struct fault *tag_view(
	struct cursor content, const struct hash_algo *algo, struct tag_view *out)
{
	struct cursor type;
	struct tag_view view;

	if (!take_oid_line(&content, "object", algo, &view.target))
		return malformed("a tag without an object");
	if (!cursor_literal(&content, "type ") || !cursor_until(&content, '\n', &type))
		return malformed("a tag without a type");
	view.type = object_type_by_name(&type);
	if (view.type == OBJECT_NONE)
		return malformed("a tag with an unknown type");
	if (!cursor_starts(&content, "tag "))
		return malformed("a tag without a name");
	*out = view;
	return NULL;
}
