/* SPDX-License-Identifier: ISC */
/*
 * object/object.h: what commits, trees and tags say, read from memory; gitformat-pack(5) numbers
 * the types. These readers find links and dates in objects that may be hostile: they take what is
 * well formed and refuse the rest. object/fsck.h judges style.
 */
#ifndef OBJECT_OBJECT_H
#define OBJECT_OBJECT_H

#include <stdint.h>
#include "base/cursor.h"
#include "base/hash.h"
#include "base/oid.h"

enum object_type {
	OBJECT_NONE = 0,
	OBJECT_COMMIT = 1,
	OBJECT_TREE = 2,
	OBJECT_BLOB = 3,
	OBJECT_TAG = 4,
	OBJECT_OFS_DELTA = 6, /* only inside packs */
	OBJECT_REF_DELTA = 7,
};

extern const struct fault fault_object_syntax; /* repository; the note says what */

/* "commit", "tree", "blob", "tag"; NULL for the others. */
const char *object_type_name(enum object_type type);
enum object_type object_type_by_name(const struct cursor *name);

/* The oid of an object with this content. False: a collision attack. */
bool object_hash(const struct hash_algo *algo, enum object_type type, const void *bytes, size_t len,
	struct oid *out) MUST_USE;
/* Starts hashing an object of LEN bytes whose content will come in pieces. */
void object_hash_start(
	const struct hash_algo *algo, struct hash_ctx *ctx, enum object_type type, uint64_t len);

/* Reads "tree OID\n" and the first "committer" date; PARENTS is where the parent lines are. */
struct commit_view {
	struct oid tree;
	struct cursor parents; /* pass it to commit_next_parent() */
	int64_t date;          /* committer, seconds; 0 if unreadable */
};
const struct fault *commit_view(
	struct cursor content, const struct hash_algo *algo, struct commit_view *out) MUST_USE;
/* False after the last. */
bool commit_next_parent(struct commit_view *view, const struct hash_algo *algo, struct oid *out);

struct tree_entry {
	uint32_t mode;
	struct cursor name;
	struct oid oid;
};
/* Mode classes of a tree entry. */
static inline bool mode_is_tree(uint32_t mode)
{
	return (mode & 0170000) == 0040000;
}
static inline bool mode_is_gitlink(uint32_t mode)
{
	return (mode & 0170000) == 0160000;
}
/* Reads one entry and moves on; call until cursor_at_end(tree). */
const struct fault *tree_next(
	struct cursor *tree, const struct hash_algo *algo, struct tree_entry *out) MUST_USE;

struct tag_view {
	struct oid target;
	enum object_type type;
};
const struct fault *tag_view(
	struct cursor content, const struct hash_algo *algo, struct tag_view *out) MUST_USE;

#endif
