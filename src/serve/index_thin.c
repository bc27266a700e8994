/* SPDX-License-Identifier: ISC */
/*
 * serve/index_thin.c: completes a thin pack: bases that only the repository has are appended
 * whole. Stage parser.
 *
 * They are tried in the order in which the pack names them: most deltas come after what they
 * build on, so that as few bases as can be are added.
 */
#include "serve/index_job.h"

/* Where the bytes of one appended entry go. */
struct append {
	int fd;
	uint64_t offset;
	uint32_t crc;
};

static const struct fault *append_bytes(void *arg, const void *bytes, size_t len)
{
	struct append *append = arg;

	TRY(write_at(append->fd, bytes, len, append->offset));
	append->crc = (uint32_t)crc32_z(append->crc, bytes, len);
	append->offset += len;
	return NULL;
}

static const struct fault *append_entry(
	struct index_job *job, struct append *append, const struct object *object)
{
	struct pack_entry entry = {.type = object->type, .size = cursor_left(&object->content)};
	uint8_t header[PACK_ENTRY_HEADER_MAX];
	struct deflater deflater = {0};
	const struct fault *fault;

	TRY(append_bytes(append, header, pack_entry_header_format(header, job->algo, &entry)));
	fault = deflater_start(&deflater);
	if (!fault)
		fault = deflater_run(&deflater, object->content, true, append_bytes, append);
	deflater_free(&deflater);
	return fault;
}

/* OBJECT, called OID, becomes the last one of the pack. */
static const struct fault *append_object(
	struct index_job *job, const struct oid *oid, const struct object *object, uint32_t *record)
{
	struct append append = {.fd = job->request->pack_fd, .offset = job->end};

	TRY(append_entry(job, &append, object));
	TRY(index_add(job, job->end, record));
	job->entries[*record].oid = *oid;
	job->entries[*record].crc32 = append.crc;
	job->records[*record].type = (uint8_t)object->type;
	job->end = append.offset;
	return NULL;
}

static const struct fault *copy_content(const struct object *object, uint8_t **copy, size_t *len)
{
	*len = cursor_left(&object->content);
	*copy = malloc(*len ? *len : 1);
	if (!*copy)
		return &fault_memory;
	if (*len)
		memcpy(*copy, object->content.at, *len);
	return NULL;
}

/* OBJECT is what the repository has under this name; it is looked at before it is used. */
static const struct fault *use_base(
	struct index_job *job, const struct oid *oid, struct object *object)
{
	uint8_t *content;
	uint32_t record;
	struct oid real;
	size_t len;

	if (!object_hash(job->algo, object->type, object->content.at, cursor_left(&object->content),
		    &real) ||
		!oid_equal(&real, oid))
		return &fault_object_corrupt;
	TRY(append_object(job, oid, object, &record));
	TRY(copy_content(object, &content, &len));
	object_release(object);
	return index_resolve_from(job, record, content, len);
}

static const struct fault *complete(struct index_job *job, uint32_t number, uint32_t *appended)
{
	struct oid oid = job->ref_bases.oids[number];
	const struct fault *fault;
	struct object object;
	bool found;
	struct place place;

	TRY(odb_find(job->request->odb, &oid, &found, &place));
	if (!found)
		return NULL;
	TRY(odb_read_place(job->request->odb, &oid, &place, &object));
	++*appended;
	fault = use_base(job, &oid, &object);
	object_release(&object);
	return fault;
}

const struct fault *index_thin(struct index_job *job, uint32_t *appended)
{
	for (uint32_t i = 0; i < job->ref_bases.count; i++)
		if (job->ref_waiting[i] != RECORD_NONE)
			TRY(complete(job, i, appended));
	return NULL;
}
