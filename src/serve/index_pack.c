/* SPDX-License-Identifier: ISC */
/*
 * serve/index_pack.c: the steps from a client's pack to a pack and an idx in the quarantine.
 * Stage parser. Writes two open files; names nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "serve/index_job.h"

#define IDX_BYTES_MAX ((size_t)256 << 20) /* INDEX_OBJECTS_MAX of them take less */

const struct fault fault_pack_unresolved = {BLAME_PEER, "pack has unresolved deltas"};
const struct fault fault_pack_inflated = {BLAME_PEER, "pack inflates to too much"};
const struct fault fault_pack_duplicate = {BLAME_PEER, "pack has the same object twice"};

/* --- what the other files use ----------------------------------------------------------------- */

const struct fault *index_add(struct index_job *job, uint64_t offset, uint32_t *record)
{
	/* bases of a thin pack may come on top of INDEX_OBJECTS_MAX: as many again */
	if (job->count >= 2 * INDEX_OBJECTS_MAX)
		return &fault_pack_objects;
	if (!mem_grow(&job->entries, job->count, &job->entries_cap, sizeof *job->entries) ||
		!mem_grow(&job->records, job->count, &job->records_cap, sizeof *job->records))
		return &fault_memory;
	job->entries[job->count] = (struct idx_entry){.offset = offset};
	job->records[job->count] = (struct index_record){
		.base = RECORD_NONE, .first_child = RECORD_NONE, .next_sibling = RECORD_NONE};
	*record = job->count++;
	return NULL;
}

const struct fault *index_spend(struct index_job *job, uint64_t len)
{
	uint64_t stored = job->end ? job->end : intake_offset(job->intake);

	job->inflated += len;
	if (job->inflated > INDEX_INFLATED_FLOOR + stored * INDEX_INFLATED_RATIO)
		return &fault_pack_inflated;
	return NULL;
}

const struct fault *index_resolved(struct index_job *job)
{
	uint64_t deadline = job->request->stream->deadline_ms;

	job->resolved++;
	if (deadline && clock_ms() > deadline)
		return &fault_timeout_session;
	return progress_update(&job->progress, job->resolved);
}

const struct fault *index_room(struct index_job *job, uint64_t len)
{
	if (job->content && len <= job->content_cap)
		return NULL;
	free(job->content);
	job->content_cap = 0;
	job->content = malloc(len ? (size_t)len : 1);
	if (!job->content)
		return &fault_memory;
	job->content_cap = (size_t)len;
	return NULL;
}

/* --- the end of the pack ---------------------------------------------------------------------- */

static const struct fault *hash_file(struct index_job *job, struct oid *checksum)
{
	const struct hash_algo *plain = job->algo->plain;
	struct hash_ctx hash;

	plain->init(&hash);
	for (uint64_t at = 0; at < job->end;) {
		ssize_t n = pread(job->request->pack_fd, job->piece, sizeof job->piece, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault_errno(&fault_pack_write, n ? errno : EIO, "read");
		plain->update(&hash, job->piece, (size_t)n);
		at += (uint64_t)n;
	}
	return plain->final(&hash, checksum) ? NULL : &fault_internal;
}

/* The limit is one of the pack as it will lie here: with its trailer, and with the bases of a thin
 * one. On the way intake.c has only looked now and then. */
static const struct fault *check_size(const struct index_job *job)
{
	uint64_t max = job->request->bytes_max;

	return max && job->end > max ? &fault_pack_size : NULL;
}

/* The header and the trailer say how many objects there are now that APPENDED have been added. */
static const struct fault *finish_pack(
	struct index_job *job, uint32_t appended, struct oid *checksum)
{
	uint8_t header[PACK_HEADER_SIZE];

	if (appended) {
		pack_header_format(header, job->count);
		TRY(write_at(job->request->pack_fd, header, sizeof header, 0));
		TRY(hash_file(job, checksum));
	}
	TRY(write_at(job->request->pack_fd, checksum->id, job->algo->size, job->end));
	job->end += job->algo->size;
	return check_size(job);
}

static const struct fault *write_idx(struct index_job *job, const struct oid *checksum, size_t *len)
{
	struct buffer idx = {.limit = IDX_BYTES_MAX};
	const struct fault *fault;

	fault = idx_format(&idx, job->entries, job->count, job->algo, checksum);
	if (fault == &fault_pack_format)
		fault = &fault_pack_duplicate;
	if (!fault)
		fault = buffer_check(&idx);
	if (!fault)
		fault = write_at(job->request->idx_fd, idx.bytes, idx.len, 0);
	*len = idx.len;
	buffer_free(&idx);
	return fault;
}

static const struct fault *map_file(int fd, size_t len, struct cursor *out)
{
	void *bytes = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	if (bytes == MAP_FAILED)
		return fault_errno(&fault_memory, errno, "mmap");
	*out = cursor_over(bytes, len);
	return NULL;
}

/* The mappings are the odb's from here on. */
static const struct fault *show_to_odb(struct index_job *job, size_t idx_len)
{
	struct cursor pack, idx;

	TRY(map_file(job->request->pack_fd, (size_t)job->end, &pack));
	TRY(map_file(job->request->idx_fd, idx_len, &idx));
	return odb_add_pack(job->request->odb, pack, idx);
}

/* --- the steps -------------------------------------------------------------------------------- */

/* Ends the progress as git does when a thin pack was completed. */
static const struct fault *say_completed(struct index_job *job, uint32_t appended)
{
	char line[128];

	snprintf(line, sizeof line,
		"Resolving deltas: 100%% (%u/%u), completed with %u local object%s.\n", job->deltas,
		job->deltas, appended, appended == 1 ? "" : "s");
	return sideband_text(job->request->remarks->sideband, BAND_PROGRESS, line);
}

static const struct fault *resolve(struct index_job *job, uint32_t *appended)
{
	const struct remarks *remarks = job->request->remarks;

	if (!job->deltas)
		return NULL;
	progress_start(&job->progress, remarks->quiet ? NULL : remarks->sideband,
		"Resolving deltas", job->deltas);
	TRY(index_resolve(job));
	TRY(index_thin(job, appended));
	if (job->resolved != job->deltas)
		return fault_note(&fault_pack_unresolved, "pack has %u unresolved deltas",
			job->deltas - job->resolved);
	if (*appended && !remarks->quiet)
		return say_completed(job, *appended);
	return progress_done(&job->progress, job->resolved);
}

static const struct fault *run(struct index_job *job, struct index_result *result)
{
	uint32_t appended = 0;
	size_t idx_len;

	TRY(index_stream(job, &result->checksum));
	result->received = job->count;
	TRY(resolve(job, &appended));
	TRY(index_check_streamed(job));
	TRY(finish_pack(job, appended, &result->checksum));
	TRY(write_idx(job, &result->checksum, &idx_len));
	result->count = job->count;
	result->bytes = job->end;
	if (result->count)
		TRY(show_to_odb(job, idx_len));
	return index_check_links(job);
}

static void job_free(struct index_job *job)
{
	index_unmap(job);
	inflater_free(&job->inflater);
	free(job->entries);
	free(job->records);
	oidmap_free(&job->ref_bases);
	free(job->ref_waiting);
	oidmap_free(&job->gitmodules);
	oidmap_free(&job->gitattributes);
	free(job->content);
	free(job->intake);
	free(job);
}

const struct fault *index_pack(const struct index_request *request, struct index_result *result)
{
	struct index_job *job = mem_array(1, sizeof *job);
	const struct fault *fault = &fault_memory;

	if (!job)
		return fault;
	job->request = request;
	job->algo = request->algo;
	job->intake = mem_array(1, sizeof *job->intake);
	if (job->intake) {
		intake_init(job->intake, request->stream, request->pack_fd, request->algo,
			request->bytes_max);
		fault = run(job, result);
	}
	job_free(job);
	return fault;
}
