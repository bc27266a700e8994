/* SPDX-License-Identifier: ISC */
/* repo/odb_parts.h: what the files of the object database share. Private to them. */
#ifndef REPO_ODB_PARTS_H
#define REPO_ODB_PARTS_H

#include <time.h>
#include "base/oidmap.h"
#include "object/inflate.h"
#include "repo/base_cache.h"
#include "repo/odb.h"

/* Deltas between an object and its base; git writes at most 4095. */
#define DELTA_CHAIN_MAX 4096
/* A stored delta larger than this saves nothing over the object itself. */
#define DELTA_MEMORY_MAX (OBJECT_MEMORY_MAX / 2)
/* How much of a file is read, or of an object is streamed, at a time. */
#define ODB_PIECE ((size_t)32 << 10)

struct pack_list {
	struct pack **list;
	size_t count, cap;
};

/* A delta on the way from an object to its base. */
struct delta_link {
	uint64_t offset;
	uint64_t size;
	struct cursor zlib;
};

struct odb {
	const struct repo *repo;
	struct pack_list packs; /* those of the directory, oldest first */
	struct pack_list added; /* those of odb_add_pack() */
	uint32_t next_number;
	struct oidmap names; /* the packs of the directory that are mapped */
	bool scanned;
	bool settled;          /* the directory was old enough when it was read: no write hides
				  behind a coarse clock */
	struct timespec mtime; /* of the directory when it was read */
	char skipped[200];     /* why some pack could not be used; "" if none */
	struct inflater inflater;
	struct base_cache cache;
	struct delta_link *chain; /* room that is kept between objects */
	size_t chain_cap;
};

/* --- pack_map.c: one pack --- */

/* Maps pack-HEX.idx and its pack. *OUT is NULL if there is no such pair. */
const struct fault *pack_map(struct pack **out, const struct oid *name,
	const struct hash_algo *algo, struct timespec *mtime) MUST_USE;
/* A pack over memory of the caller. */
const struct fault *pack_over(struct pack **out, struct cursor bytes, struct cursor idx,
	const struct hash_algo *algo) MUST_USE;
void pack_free_mapped(struct pack *pack);
void pack_free(struct pack *pack);

/* The entry at OFFSET and everything behind it, up to the trailer. */
const struct fault *pack_entry_at(const struct pack *pack, uint64_t offset,
	struct pack_entry *entry, struct cursor *zlib) MUST_USE;

/* --- pack_list.c: all of them --- */

/* Reads the directory of packs, if that has not been done or if it has changed since.
 * *CHANGED says that there are new ones. */
const struct fault *pack_list_scan(struct odb *odb, bool *changed) MUST_USE;
bool pack_list_append(struct pack_list *list, struct pack *pack);

/* --- delta_chain.c: objects out of packs --- */

const struct fault *packed_read(
	struct odb *odb, const struct pack *pack, uint64_t offset, struct block **out) MUST_USE;
const struct fault *packed_info(struct odb *odb, const struct pack *pack, uint64_t offset,
	enum object_type *type, uint64_t *size) MUST_USE;
const struct fault *packed_stream(struct odb *odb, const struct pack *pack, uint64_t offset,
	object_sink *sink, void *arg) MUST_USE;

/* --- loose.c: objects out of files of their own --- */

const struct fault *loose_exists(
	const struct odb *odb, const struct oid *oid, bool *found) MUST_USE;
/* *FOUND is false and nothing is a fault if there is no such file. */
const struct fault *loose_info(struct odb *odb, const struct oid *oid, bool *found,
	enum object_type *type, uint64_t *size) MUST_USE;
const struct fault *loose_read(
	struct odb *odb, const struct oid *oid, bool *found, struct block **out) MUST_USE;
const struct fault *loose_stream(
	struct odb *odb, const struct oid *oid, bool *found, object_sink *sink, void *arg) MUST_USE;

#endif
