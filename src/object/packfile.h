/* SPDX-License-Identifier: ISC */
/*
 * object/packfile.h: packs and their indexes as bytes; gitformat-pack(5).
 * No paths and no descriptors: repo/odb.h maps the files.
 */
#ifndef OBJECT_PACKFILE_H
#define OBJECT_PACKFILE_H

#include "base/buffer.h"
#include "object/object.h"

#define PACK_HEADER_SIZE 12
#define PACK_ENTRY_HEADER_MAX 42 /* type and size, and the base's offset or name, of one entry */

extern const struct fault fault_pack_format; /* repository */
extern const struct fault fault_idx_format;  /* repository */

/* Reads "PACK", version 2 or 3 and the number of objects. */
const struct fault *pack_header(struct cursor *pack, uint32_t *count) MUST_USE;
void pack_header_format(uint8_t out[PACK_HEADER_SIZE], uint32_t count);

struct pack_entry {
	enum object_type type;  /* may be OFS_DELTA or REF_DELTA */
	uint64_t size;          /* inflated size of what is stored: of the delta, if it is one */
	uint64_t base_distance; /* OFS_DELTA: how far back the base begins; never 0 */
	struct oid base;        /* REF_DELTA */
	size_t header_size;     /* bytes before the zlib stream */
};

/*
 * Reads the header of one entry at BYTES, which moves past it. fault_pack_format if it is not one;
 * *SHORT_READ (if not NULL) is set instead when more bytes could still make it one.
 */
const struct fault *pack_entry_header(struct cursor *bytes, const struct hash_algo *algo,
	struct pack_entry *out, bool *short_read) MUST_USE;

/* Writes the same; returns its length. */
size_t pack_entry_header_format(uint8_t out[PACK_ENTRY_HEADER_MAX], const struct hash_algo *algo,
	const struct pack_entry *e);

/* A view of an idx, v1 or v2, checked on opening: size, fan-out monotonic, tables inside. */
struct idx {
	struct cursor bytes;
	const struct hash_algo *algo;
	uint32_t count;
	unsigned version;
	uint64_t pack_size; /* offsets at or beyond pack_size - trailer are refused */
};

const struct fault *idx_open(struct idx *idx, struct cursor bytes, const struct hash_algo *algo,
	uint64_t pack_size) MUST_USE;
/* Position of OID by fan-out and bisection, or false. */
bool idx_find(const struct idx *idx, const struct oid *oid, uint32_t *position);
/* POSITION must be below count. */
void idx_oid(const struct idx *idx, uint32_t position, struct oid *out);
const struct fault *idx_offset(const struct idx *idx, uint32_t position, uint64_t *offset) MUST_USE;
/* The pack checksum that the idx names. */
void idx_pack_checksum(const struct idx *idx, struct oid *out);
/* The deep check: oids strictly sorted and in their fan-out bucket, every offset inside the pack
 * and unique, the idx's own checksum right. */
const struct fault *idx_verify(const struct idx *idx) MUST_USE;

/* One object of a pack being indexed. */
struct idx_entry {
	struct oid oid;
	uint64_t offset;
	uint32_t crc32; /* of the entry's bytes in the pack, header included */
};

/* Sorts ENTRIES by oid and appends a v2 idx, trailer included. Duplicates are fault_pack_format. */
const struct fault *idx_format(struct buffer *out, struct idx_entry *entries, uint32_t count,
	const struct hash_algo *algo, const struct oid *pack_checksum) MUST_USE;

#endif
