/* SPDX-License-Identifier: ISC */
/*
 * serve/index_stream.c: the first pass over a client's pack: find the entries, hash what is whole.
 * Stage parser. Every byte here is the client's.
 */
#include "serve/index_job.h"

const struct fault fault_pack_header_eof = {BLAME_PEER, "eof before pack header was fully read"};
const struct fault fault_pack_signature = {
	BLAME_PEER, "protocol error (pack signature mismatch detected)"};
const struct fault fault_pack_version = {BLAME_PEER, "protocol error (pack version unsupported)"};
const struct fault fault_pack_entry = {BLAME_PEER, "pack has a bad object"};
const struct fault fault_pack_objects = {BLAME_PEER, "too many objects in one pack; push in parts"};
const struct fault fault_pack_large = {BLAME_PEER, "an object of the pack is too large"};
const struct fault fault_collision_attack = {BLAME_PEER, "SHA-1 collision attack detected"};

static const struct fault *bad_entry(uint64_t offset, const char *why)
{
	return fault_note(&fault_pack_entry, "bad object at offset %llu: %s",
		(unsigned long long)offset, why);
}

static const struct fault *read_header(struct intake *in, uint32_t *count)
{
	const struct fault *fault;
	struct cursor bytes;

	fault = intake_peek(in, PACK_HEADER_SIZE, &bytes);
	if (fault == &fault_pack_eof)
		return &fault_pack_header_eof;
	TRY(fault);
	if (!cursor_starts(&bytes, "PACK"))
		return &fault_pack_signature;
	if (pack_header(&bytes, count))
		return &fault_pack_version;
	intake_use(in, PACK_HEADER_SIZE);
	return *count > INDEX_OBJECTS_MAX ? &fault_pack_objects : NULL;
}

/* The header of the entry that begins at the first unused byte. */
static const struct fault *read_entry_header(struct index_job *job, struct pack_entry *entry)
{
	struct cursor bytes;
	size_t min = 1;
	bool short_read;

	for (;;) {
		TRY(intake_peek(job->intake, min, &bytes));
		min = cursor_left(&bytes) + 1;
		short_read = false;
		if (!pack_entry_header(&bytes, job->algo, entry, &short_read) && !short_read)
			break;
		if (!short_read)
			return bad_entry(intake_offset(job->intake), "no entry header");
	}
	intake_use(job->intake, entry->header_size);
	return NULL;
}

/*
 * Inflates LEN bytes and the end of the stream. They go to WHOLE if it is not NULL, else in pieces
 * to HASH if that is not NULL. One byte more than LEN is asked for, to notice a stream too long.
 */
static const struct fault *inflate_entry(
	struct index_job *job, uint64_t len, uint8_t *whole, struct hash_ctx *hash)
{
	uint64_t got = 0, start = intake_offset(job->intake);
	bool done = false;

	TRY(inflater_start(&job->inflater));
	while (!done) {
		struct cursor input;
		size_t before, room = PIECE_MAX;
		uint8_t *out = job->piece;

		if (whole && got < len) {
			out = whole + got;
			room = (size_t)(len - got);
		}
		TRY(intake_peek(job->intake, 1, &input));
		before = cursor_left(&input);
		if (inflater_run(&job->inflater, &input, out, &room, &done))
			return bad_entry(start, "inflate returned an error");
		if (before == cursor_left(&input) && !room && !done)
			return bad_entry(start, "inflate does not proceed");
		intake_use(job->intake, before - cursor_left(&input));
		got += room;
		if (got > len)
			return bad_entry(start, "more data than its size says");
		if (hash)
			job->algo->update(hash, out, room);
		TRY(index_spend(job, room));
	}
	return got == len ? NULL : bad_entry(start, "less data than its size says");
}

/* Commits, trees and tags are held in memory: their syntax is checked. */
static const struct fault *read_held(
	struct index_job *job, const struct pack_entry *entry, struct oid *oid)
{
	if (entry->size > INDEX_OBJECT_MAX)
		return &fault_pack_large;
	TRY(index_room(job, entry->size));
	TRY(inflate_entry(job, entry->size, job->content, NULL));
	if (!object_hash(job->algo, entry->type, job->content, entry->size, oid))
		return &fault_collision_attack;
	return index_check(job, oid, entry->type, cursor_over(job->content, (size_t)entry->size));
}

/* Blobs of any size pass through. */
static const struct fault *read_blob(
	struct index_job *job, const struct pack_entry *entry, struct oid *oid)
{
	struct hash_ctx hash;

	object_hash_start(job->algo, &hash, OBJECT_BLOB, entry->size);
	TRY(inflate_entry(job, entry->size, NULL, &hash));
	return job->algo->final(&hash, oid) ? NULL : &fault_collision_attack;
}

/* The number of the record whose entry begins at OFFSET, or RECORD_NONE. */
static uint32_t record_at(const struct index_job *job, uint64_t offset)
{
	uint32_t low = 0, high = job->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (job->entries[middle].offset == offset)
			return middle;
		if (job->entries[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return RECORD_NONE;
}

static const struct fault *note_ofs_delta(
	struct index_job *job, uint32_t record, const struct pack_entry *entry)
{
	uint64_t offset = job->entries[record].offset;
	uint32_t base = RECORD_NONE;

	if (entry->base_distance <= offset)
		base = record_at(job, offset - entry->base_distance);
	if (base == RECORD_NONE)
		return bad_entry(offset, "delta base offset is out of bound");
	job->records[record].base = base;
	job->records[record].next_sibling = job->records[base].first_child;
	job->records[base].first_child = record;
	return NULL;
}

static const struct fault *note_ref_delta(
	struct index_job *job, uint32_t record, const struct pack_entry *entry)
{
	uint32_t number;
	bool added;

	TRY(oidmap_add(&job->ref_bases, &entry->base, &number, &added));
	if (!mem_grow(&job->ref_waiting, number, &job->ref_waiting_cap, sizeof *job->ref_waiting))
		return &fault_memory;
	job->records[record].next_sibling = added ? RECORD_NONE : job->ref_waiting[number];
	job->ref_waiting[number] = record;
	return NULL;
}

static const struct fault *read_delta(
	struct index_job *job, uint32_t record, const struct pack_entry *entry)
{
	job->deltas++;
	job->records[record].is_delta = true;
	if (entry->size > INDEX_DELTA_MAX)
		return &fault_pack_large;
	if (entry->type == OBJECT_OFS_DELTA)
		TRY(note_ofs_delta(job, record, entry));
	else
		TRY(note_ref_delta(job, record, entry));
	return inflate_entry(job, entry->size, NULL, NULL);
}

static const struct fault *read_entry(struct index_job *job)
{
	struct pack_entry entry;
	uint32_t record;

	TRY(index_add(job, intake_offset(job->intake), &record));
	job->intake->crc = 0;
	TRY(read_entry_header(job, &entry));
	job->records[record].type = (uint8_t)entry.type;
	if (entry.type == OBJECT_OFS_DELTA || entry.type == OBJECT_REF_DELTA)
		TRY(read_delta(job, record, &entry));
	else if (entry.type == OBJECT_BLOB)
		TRY(read_blob(job, &entry, &job->entries[record].oid));
	else
		TRY(read_held(job, &entry, &job->entries[record].oid));
	job->entries[record].crc32 = job->intake->crc;
	return NULL;
}

const struct fault *index_stream(struct index_job *job, struct oid *checksum)
{
	uint32_t count = 0;

	TRY(read_header(job->intake, &count));
	while (job->count < count)
		TRY(read_entry(job));
	job->end = intake_offset(job->intake);
	return intake_trailer(job->intake, checksum);
}
