/* SPDX-License-Identifier: ISC */
/* serve/index_job.h: what the files of index_pack() share; nobody else includes it. */
#ifndef SERVE_INDEX_JOB_H
#define SERVE_INDEX_JOB_H

#include "base/mem.h"
#include "base/oidmap.h"
#include "object/inflate.h"
#include "serve/index_pack.h"
#include "serve/intake.h"
#include "serve/progress.h"

#define RECORD_NONE UINT32_MAX
#define PIECE_MAX 65536 /* bytes inflated at a time where the whole is not needed */

/* Beside each struct idx_entry of 48 bytes: with these 16, what an object costs. */
struct index_record {
	uint32_t base;         /* of a delta: the record it applies to, once that is known */
	uint32_t first_child;  /* the deltas upon this one */
	uint32_t next_sibling; /* in the list of children, or of those that wait for one oid */
	uint8_t type;          /* enum object_type; of a delta once it is resolved */
	bool is_delta;         /* as it is stored */
};

struct index_job {
	const struct index_request *request;
	const struct hash_algo *algo;
	struct intake *intake;
	struct inflater inflater;

	struct idx_entry *entries; /* in order of offset */
	size_t entries_cap;
	struct index_record *records; /* the same numbers */
	size_t records_cap;
	uint32_t count;
	uint32_t deltas, resolved;
	struct progress progress;
	uint64_t inflated; /* bytes so far, of everything */
	uint64_t end;      /* of the entries in the quarantine's pack */

	struct oidmap ref_bases; /* what REF_DELTAs name, in order of the pack */
	uint32_t *ref_waiting;   /* by number in ref_bases: the records that wait for it */
	size_t ref_waiting_cap;

	struct cursor mapped; /* of the quarantine's pack */

	uint8_t *content; /* the object being read, and room for it */
	size_t content_cap;
	uint8_t piece[PIECE_MAX];

	struct oidmap gitmodules; /* blobs to look at in the end */
	struct oidmap gitattributes;
	const struct fault *linked;   /* what went wrong while noting those */
	bool refused;                 /* fsck found an error */
	const struct oid *checked;    /* the object that fsck looks at */
	const struct fault *remarked; /* what went wrong while reporting */
};

/* index_pack.c */
const struct fault *index_add(struct index_job *job, uint64_t offset, uint32_t *record) MUST_USE;
/* Counts LEN more bytes that were inflated or made from a delta. */
const struct fault *index_spend(struct index_job *job, uint64_t len) MUST_USE;
/* One more delta is an object; past the session's deadline it is fault_timeout_session. */
const struct fault *index_resolved(struct index_job *job) MUST_USE;
/* Makes job->content hold LEN bytes; it is never NULL afterwards. */
const struct fault *index_room(struct index_job *job, uint64_t len) MUST_USE;

/* index_stream.c: every entry of the client's pack, from header to trailer. */
const struct fault *index_stream(struct index_job *job, struct oid *checksum) MUST_USE;

/* index_stored.c: reading back what was written. The header of RECORD's entry and its zlib
 * stream; and the content of one that is not a delta, malloc'ed. */
const struct fault *index_stored(struct index_job *job, uint32_t record, struct pack_entry *entry,
	struct cursor *zlib) MUST_USE;
const struct fault *index_stored_whole(
	struct index_job *job, uint32_t record, uint8_t **content, size_t *len) MUST_USE;
void index_unmap(struct index_job *job);

/* index_resolve.c: all deltas whose bases are in the pack, then those upon RECORD, whose CONTENT
 * (malloc'ed) it takes. */
const struct fault *index_resolve(struct index_job *job) MUST_USE;
const struct fault *index_resolve_from(
	struct index_job *job, uint32_t record, uint8_t *content, size_t len) MUST_USE;

/* index_thin.c: appends the bases that are only in the repository; *APPENDED counts them. */
const struct fault *index_thin(struct index_job *job, uint32_t *appended) MUST_USE;

/* index_check.c */
/* Syntax of a commit, tree or tag, and equality with an object of this name that is there. */
const struct fault *index_check(struct index_job *job, const struct oid *oid, enum object_type type,
	struct cursor content) MUST_USE;
/* Blobs that were streamed, compared with those that are there. */
const struct fault *index_check_streamed(struct index_job *job) MUST_USE;
/* .gitmodules and .gitattributes, once the pack is part of the odb. */
const struct fault *index_check_links(struct index_job *job) MUST_USE;

#endif
