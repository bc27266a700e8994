/* SPDX-License-Identifier: ISC */
/*
 * repo/odb.c: where an object is, and what the callers of the object database get. Stages fetch and
 * parser.
 *
 * The order of look-up is the packs of the directory from the oldest on, then loose objects, then
 * the packs that were added: what arrives later never shadows what is there.
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "object/delta.h"
#include "repo/odb_parts.h"

const struct fault fault_object_missing = {BLAME_REPOSITORY, "an object is missing"};
const struct fault fault_object_corrupt = {BLAME_REPOSITORY, "an object is corrupt"};
const struct fault fault_object_large = {
	BLAME_REPOSITORY, "an object is too large to be held in memory"};

const struct fault *odb_open(struct odb **odb, const struct repo *repo)
{
	*odb = mem_array(1, sizeof **odb);
	if (!*odb)
		return &fault_memory;
	(*odb)->repo = repo;
	return NULL;
}

void odb_close(struct odb *odb)
{
	if (!odb)
		return;
	base_cache_free(&odb->cache);
	for (size_t i = 0; i < odb->packs.count; i++)
		pack_free_mapped(odb->packs.list[i]);
	for (size_t i = 0; i < odb->added.count; i++)
		pack_free(odb->added.list[i]);
	free(odb->packs.list);
	free(odb->added.list);
	free(odb->chain);
	oidmap_free(&odb->names);
	inflater_free(&odb->inflater);
	free(odb);
}

const struct fault *odb_add_pack(struct odb *odb, struct cursor bytes, struct cursor idx)
{
	struct pack *pack;

	TRY(pack_over(&pack, bytes, idx, odb->repo->algo));
	if (!pack_list_append(&odb->added, pack)) {
		pack_free(pack);
		return &fault_memory;
	}
	pack->number = odb->next_number++;
	return NULL;
}

/* Returns FAULT, as a corrupt object's if it tells of bad bytes; the note names the object. */
static const struct fault *blame_object(
	const struct odb *odb, const struct oid *oid, const struct fault *fault)
{
	char hex[OID_MAX_HEX + 1], detail[128];

	oid_hex(oid, odb->repo->algo, hex);
	if (fault == &fault_object_large)
		return fault_note(fault, "%s", hex);
	if (fault != &fault_zlib && fault != &fault_delta && fault != &fault_pack_format &&
		fault != &fault_idx_format && fault != &fault_object_syntax)
		return fault;
	snprintf(detail, sizeof detail, "%s", fault_detail(fault));
	return fault_note(&fault_object_corrupt, "%s: %s%s%s", hex, fault->text,
		detail[0] ? ": " : "", detail);
}

static const struct fault *missing(const struct odb *odb, const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	return fault_note(&fault_object_missing, "%s%s%s", oid_hex(oid, odb->repo->algo, hex),
		odb->skipped[0] ? "; passed over " : "", odb->skipped);
}

/* The first pack of LIST that has OID. */
static const struct fault *find_packed(
	const struct pack_list *list, const struct oid *oid, bool *found, struct place *out)
{
	uint32_t position;

	*found = false;
	for (size_t i = 0; i < list->count; i++) {
		if (!idx_find(&list->list[i]->idx, oid, &position))
			continue;
		*out = (struct place){.pack = list->list[i], .position = position};
		*found = true;
		return idx_offset(&out->pack->idx, position, &out->offset);
	}
	return NULL;
}

static const struct fault *find_anywhere(
	struct odb *odb, const struct oid *oid, bool *found, struct place *out)
{
	TRY(find_packed(&odb->packs, oid, found, out));
	if (*found)
		return NULL;
	*out = (struct place){0};
	TRY(loose_exists(odb, oid, found));
	if (*found)
		return NULL;
	return find_packed(&odb->added, oid, found, out);
}

const struct fault *odb_find(struct odb *odb, const struct oid *oid, bool *found, struct place *out)
{
	const struct fault *fault;
	bool changed;

	if (!odb->scanned)
		TRY(pack_list_scan(odb, &changed));
	fault = find_anywhere(odb, oid, found, out);
	if (!fault && !*found) {
		TRY(pack_list_scan(odb, &changed));
		if (changed)
			fault = find_anywhere(odb, oid, found, out);
	}
	return fault ? blame_object(odb, oid, fault) : NULL;
}

static const struct fault *read_block(
	struct odb *odb, const struct oid *oid, const struct place *place, struct block **out)
{
	bool found;

	if (place->pack)
		return packed_read(odb, place->pack, place->offset, out);
	TRY(loose_read(odb, oid, &found, out));
	return found ? NULL : missing(odb, oid);
}

const struct fault *odb_read_place(
	struct odb *odb, const struct oid *oid, const struct place *place, struct object *out)
{
	struct block *block = NULL;
	const struct fault *fault = read_block(odb, oid, place, &block);

	if (fault)
		return blame_object(odb, oid, fault);
	*out = (struct object){block->type, cursor_over(block->bytes, block->len), block};
	return NULL;
}

void object_release(struct object *object)
{
	block_release(object->block);
	*object = (struct object){0};
}

static const struct fault *info_at(struct odb *odb, const struct oid *oid,
	const struct place *place, enum object_type *type, uint64_t *size)
{
	bool found;

	if (place->pack)
		return packed_info(odb, place->pack, place->offset, type, size);
	TRY(loose_info(odb, oid, &found, type, size));
	return found ? NULL : missing(odb, oid);
}

static const struct fault *find_or_missing(
	struct odb *odb, const struct oid *oid, struct place *place)
{
	bool found;

	TRY(odb_find(odb, oid, &found, place));
	return found ? NULL : missing(odb, oid);
}

/* A loose object may be packed, and gone, between finding and reading it: once more, then. */
static bool may_have_moved(const struct fault *fault, const struct place *place)
{
	return fault == &fault_object_missing && !place->pack;
}

const struct fault *odb_info(
	struct odb *odb, const struct oid *oid, enum object_type *type, uint64_t *size)
{
	const struct fault *fault;
	struct place place;

	TRY(find_or_missing(odb, oid, &place));
	fault = info_at(odb, oid, &place, type, size);
	if (may_have_moved(fault, &place)) {
		TRY(find_or_missing(odb, oid, &place));
		fault = info_at(odb, oid, &place, type, size);
	}
	return fault ? blame_object(odb, oid, fault) : NULL;
}

const struct fault *odb_read(struct odb *odb, const struct oid *oid, struct object *out)
{
	const struct fault *fault;
	struct place place;

	TRY(find_or_missing(odb, oid, &place));
	fault = odb_read_place(odb, oid, &place, out);
	if (may_have_moved(fault, &place)) {
		TRY(find_or_missing(odb, oid, &place));
		fault = odb_read_place(odb, oid, &place, out);
	}
	return fault;
}

static const struct fault *stream_at(struct odb *odb, const struct oid *oid,
	const struct place *place, object_sink *sink, void *arg)
{
	bool found;

	if (place->pack)
		return packed_stream(odb, place->pack, place->offset, sink, arg);
	TRY(loose_stream(odb, oid, &found, sink, arg));
	return found ? NULL : missing(odb, oid);
}

const struct fault *odb_stream(struct odb *odb, const struct oid *oid, const struct place *place,
	object_sink *sink, void *arg)
{
	const struct fault *fault = stream_at(odb, oid, place, sink, arg);
	struct place now;

	if (may_have_moved(fault, place)) {
		TRY(find_or_missing(odb, oid, &now));
		fault = stream_at(odb, oid, &now, sink, arg);
	}
	return fault ? blame_object(odb, oid, fault) : NULL;
}
