/* SPDX-License-Identifier: ISC */
/*
 * serve/index_stored.c: entries read back from the quarantine's pack, which is mapped read-only.
 * Stage parser. The bytes were seen once by index_stream.c; they are still parsed as foreign.
 */
#include <errno.h>
#include <sys/mman.h>
#include "serve/index_job.h"

void index_unmap(struct index_job *job)
{
	void *bytes;

	if (!job->mapped.at)
		return;
	memcpy(&bytes, &job->mapped.at, sizeof bytes);
	munmap(bytes, cursor_left(&job->mapped));
	job->mapped = (struct cursor){NULL, NULL};
}

/* The pack grows while a thin one is completed: maps it anew when OFFSET lies beyond. */
static const struct fault *map_until(struct index_job *job, uint64_t offset)
{
	void *bytes;

	if (job->mapped.at && offset < cursor_left(&job->mapped))
		return NULL;
	index_unmap(job);
	bytes = mmap(NULL, (size_t)job->end, PROT_READ, MAP_SHARED, job->request->pack_fd, 0);
	if (bytes == MAP_FAILED)
		return fault_errno(&fault_memory, errno, "mmap");
	job->mapped = cursor_over(bytes, (size_t)job->end);
	return NULL;
}

const struct fault *index_stored(
	struct index_job *job, uint32_t record, struct pack_entry *entry, struct cursor *zlib)
{
	uint64_t offset = job->entries[record].offset;

	TRY(map_until(job, offset));
	*zlib = job->mapped;
	if (!cursor_skip(zlib, (size_t)offset))
		return &fault_internal;
	return pack_entry_header(zlib, job->algo, entry, NULL);
}

const struct fault *index_stored_whole(
	struct index_job *job, uint32_t record, uint8_t **content, size_t *len)
{
	const struct fault *fault;
	struct pack_entry entry;
	struct cursor zlib;
	uint8_t *bytes;

	TRY(index_stored(job, record, &entry, &zlib));
	if (entry.size > INDEX_OBJECT_MAX)
		return &fault_pack_large;
	TRY(index_spend(job, entry.size));
	bytes = malloc(entry.size ? (size_t)entry.size : 1);
	if (!bytes)
		return &fault_memory;
	fault = inflate_whole(&job->inflater, &zlib, bytes, (size_t)entry.size);
	if (fault) {
		free(bytes);
		return fault;
	}
	*content = bytes;
	*len = (size_t)entry.size;
	return NULL;
}
