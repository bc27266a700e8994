/* SPDX-License-Identifier: ISC */
/*
 * serve/index_pack.h: a pack stream of a client becomes a pack and an idx in the quarantine;
 * gitformat-pack(5), git-index-pack(1).
 *
 * First the stream is read once: every object that is stored whole is inflated and hashed on the
 * way, of the deltas it is noted where they lie (index_stream.c). Then deltas are resolved from the
 * written file, depth first (index_resolve.c). Bases that are not in the pack are appended to it
 * (index_thin.c). Every object is checked as git-fsck(1) does, and compared with one of the same
 * name that is there already (index_check.c).
 *
 * Memory: 64 bytes an object, plus the limits below, whatever is sent.
 */
#ifndef SERVE_INDEX_PACK_H
#define SERVE_INDEX_PACK_H

#include "repo/odb.h"
#include "serve/remarks.h"

#define INDEX_OBJECTS_MAX (1u << 22)           /* of one pack */
#define INDEX_OBJECT_MAX ((uint64_t)128 << 20) /* commit, tree, tag, or any end of a delta */
#define INDEX_DELTA_MAX ((uint64_t)64 << 20)   /* the instructions of one delta */
#define INDEX_DEPTH_MAX 4095u                  /* deltas upon deltas; git writes no longer chains */
#define INDEX_HELD_MAX ((size_t)32 << 20)      /* bases kept besides the one in use */

/* What a pack may amount to when all of it is inflated and resolved: zlib itself reaches 1,032 : 1.
 * Bounds the time that a pack of deltas can cost. */
#define INDEX_INFLATED_RATIO 1032u
#define INDEX_INFLATED_FLOOR ((uint64_t)4 << 30)

extern const struct fault fault_pack_header_eof; /* peer */
extern const struct fault fault_pack_signature;  /* peer */
extern const struct fault fault_pack_version;    /* peer */
extern const struct fault fault_pack_entry; /* peer: an entry that is not one; the note: where */
extern const struct fault fault_pack_delta; /* peer: a delta that does not fit */
extern const struct fault fault_pack_unresolved;  /* peer: deltas without a base */
extern const struct fault fault_pack_depth;       /* peer: over INDEX_DEPTH_MAX */
extern const struct fault fault_pack_objects;     /* peer: over INDEX_OBJECTS_MAX */
extern const struct fault fault_pack_inflated;    /* peer: over INDEX_INFLATED_... */
extern const struct fault fault_pack_large;       /* peer: an object over INDEX_OBJECT_MAX */
extern const struct fault fault_pack_duplicate;   /* peer: the same object twice */
extern const struct fault fault_pack_fsck;        /* peer: the details are remarks */
extern const struct fault fault_collision;        /* peer: same name, other bytes */
extern const struct fault fault_collision_attack; /* peer: the marks of a SHA-1 attack */

struct index_request {
	struct stream *stream;
	struct odb *odb; /* what is there already; the pack is added to it */
	const struct hash_algo *algo;
	struct remarks *remarks;
	int pack_fd, idx_fd; /* empty files, read and write */
	uint64_t bytes_max;  /* of the pack, with the bases that complete it; 0: no limit */
};

struct index_result {
	struct oid checksum;
	uint32_t received; /* objects that the client sent */
	uint32_t count;    /* those, and the bases of a thin pack */
	uint64_t bytes;    /* of the pack in the quarantine */
};

/*
 * Reads one pack from the stream. On success the quarantine's two files are complete and, if it
 * holds any object, known to the odb for as long as the process lives.
 */
const struct fault *index_pack(
	const struct index_request *request, struct index_result *result) MUST_USE;

#endif
