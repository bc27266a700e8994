/* SPDX-License-Identifier: ISC */
/*
 * repo/odb.h: the object database: loose objects and packs, read only.
 *
 * Packs and idx files are mapped; older packs win a look-up, so that a pack that arrived later can
 * never shadow what is there. On a miss the pack directory is read once more (a gc may have
 * replaced the packs). A mapped file that shrinks raises SIGBUS; the process has a handler.
 */
#ifndef REPO_ODB_H
#define REPO_ODB_H

#include "base/buffer.h"
#include "object/object.h"
#include "object/packfile.h"
#include "repo/repo.h"

/* Larger objects are never held in memory whole: they are streamed, or refused where they cannot.
 */
#define OBJECT_MEMORY_MAX ((uint64_t)128 << 20)

/* Tags of tags of tags: longer chains are taken for damage. */
#define TAG_DEPTH_MAX 128

extern const struct fault fault_object_missing; /* repository; the note is the oid */
extern const struct fault fault_object_corrupt; /* repository; the note is the oid and why */
extern const struct fault
	fault_object_large; /* repository: over OBJECT_MEMORY_MAX; the note is the oid */

struct odb;

struct pack {
	struct cursor bytes; /* the whole mapped pack, trailer included */
	struct idx idx;
	uint32_t number;            /* small, unique, in look-up order */
	char name[OID_MAX_HEX + 1]; /* the hex of pack-HEX.pack */
	uint32_t *by_offset;        /* positions in order of offset; NULL until pack_order() */
};

/* Where one copy of an object is stored. PACK is NULL for a loose one. */
struct place {
	struct pack *pack;
	uint32_t position;
	uint64_t offset;
};

/* An object in memory; content is valid until object_release(), even after odb_close(). */
struct block;
struct object {
	enum object_type type;
	struct cursor content;
	struct block *block; /* holds the content; shared with the cache of bases, never copied */
};

const struct fault *odb_open(struct odb **odb, const struct repo *repo) MUST_USE;
void odb_close(struct odb *odb);

/* Adds a pack that is not in the directory yet: the quarantine's, from memory of the caller. */
const struct fault *odb_add_pack(struct odb *odb, struct cursor pack, struct cursor idx) MUST_USE;

/* Is there an object of this name; and where. */
const struct fault *odb_find(
	struct odb *odb, const struct oid *oid, bool *found, struct place *out) MUST_USE;

/* Type and inflated size, without inflating more than is needed. Missing is fault_object_missing.
 */
const struct fault *odb_info(
	struct odb *odb, const struct oid *oid, enum object_type *type, uint64_t *size) MUST_USE;

/* Reads it whole, delta chains resolved with a bounded cache of bases. The hash is not verified. */
const struct fault *odb_read(struct odb *odb, const struct oid *oid, struct object *out) MUST_USE;
/* The same for a place that odb_find() gave. */
const struct fault *odb_read_place(struct odb *odb, const struct oid *oid,
	const struct place *place, struct object *out) MUST_USE;
void object_release(struct object *object);

/*
 * Streams the content of a blob of any size that is not a delta (or is small enough to resolve) to
 * SINK in pieces. SINK must not use the odb.
 */
typedef const struct fault *object_sink(void *arg, const void *bytes, size_t len);
const struct fault *odb_stream(struct odb *odb, const struct oid *oid, const struct place *place,
	object_sink *sink, void *arg) MUST_USE;

/* The header of the entry at PLACE in its pack, and the bytes of its zlib stream (bounded by where
 * the next entry begins). For reuse of what is stored. */
const struct fault *pack_stored(const struct repo *repo, const struct place *place,
	struct pack_entry *entry, struct cursor *zlib) MUST_USE;

/* The oid that an entry's offset in PACK has, by position; false if no entry starts there. */
const struct fault *pack_order(struct pack *pack) MUST_USE;
bool pack_position_at(const struct pack *pack, uint64_t offset, uint32_t *position);

#endif
