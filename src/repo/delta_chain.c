/* SPDX-License-Identifier: ISC */
/*
 * repo/delta_chain.c: objects out of packs. Stages fetch and parser; trusts neither pack nor idx.
 *
 * From the object down to its base, or to one that is cached, noting each delta on the way; then
 * up again, applying them. The depth costs memory of a fixed bound and no stack.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "object/delta.h"
#include "repo/odb_parts.h"

/* The two sizes at the start of a delta. */
#define DELTA_SIZES_MAX 20

static bool is_delta(const struct pack_entry *entry)
{
	return entry->type == OBJECT_OFS_DELTA || entry->type == OBJECT_REF_DELTA;
}

/* Where the base of the delta at OFFSET begins, in the same pack. */
static const struct fault *base_offset(
	const struct pack *pack, const struct pack_entry *entry, uint64_t offset, uint64_t *base)
{
	uint32_t position;

	if (entry->type == OBJECT_OFS_DELTA) {
		if (entry->base_distance > offset)
			return fault_note(&fault_pack_format, "a base before the pack");
		*base = offset - entry->base_distance;
		return NULL;
	}
	if (!idx_find(&pack->idx, &entry->base, &position))
		return fault_note(&fault_pack_format, "the base of a delta is missing");
	return idx_offset(&pack->idx, position, base);
}

static const struct fault *push_link(struct odb *odb, size_t depth, struct delta_link link)
{
	if (depth >= DELTA_CHAIN_MAX)
		return fault_note(&fault_pack_format, "a chain of deltas is too long");
	if (link.size > DELTA_MEMORY_MAX)
		return &fault_object_large;
	if (!mem_grow(&odb->chain, depth, &odb->chain_cap, sizeof *odb->chain))
		return &fault_memory;
	odb->chain[depth] = link;
	return NULL;
}

static const struct fault *inflate_block(struct odb *odb, enum object_type type, uint64_t size,
	struct cursor zlib, struct block **out)
{
	const struct fault *fault;
	struct block *block;

	if (size > OBJECT_MEMORY_MAX)
		return &fault_object_large;
	block = block_new(type, (size_t)size);
	if (!block)
		return &fault_memory;
	fault = inflate_whole(&odb->inflater, &zlib, block->bytes, block->len);
	if (fault)
		block_release(block);
	else
		*out = block;
	return fault;
}

/* Goes down from OFFSET; *DEPTH deltas are noted, and *OUT is what the last of them is made from.
 */
static const struct fault *descend(struct odb *odb, const struct pack *pack, uint64_t offset,
	size_t *depth, struct block **out)
{
	struct pack_entry entry;
	struct cursor zlib;

	for (*depth = 0;; ++*depth) {
		*out = base_cache_get(&odb->cache, pack, offset);
		if (*out)
			return NULL;
		TRY(pack_entry_at(pack, offset, &entry, &zlib));
		if (!is_delta(&entry))
			break;
		TRY(push_link(odb, *depth, (struct delta_link){offset, entry.size, zlib}));
		TRY(base_offset(pack, &entry, offset, &offset));
	}
	TRY(inflate_block(odb, entry.type, entry.size, zlib, out));
	base_cache_put(&odb->cache, pack, offset, *out);
	return NULL;
}

static const struct fault *apply(
	const struct block *base, const struct block *delta, struct block **out)
{
	struct cursor instructions = cursor_over(delta->bytes, delta->len);
	uint64_t base_size, result_size;
	const struct fault *fault;
	struct block *result;

	TRY(delta_sizes(&instructions, &base_size, &result_size));
	if (base_size != base->len)
		return fault_note(&fault_delta, "the base has another size");
	if (result_size > OBJECT_MEMORY_MAX)
		return &fault_object_large;
	result = block_new(base->type, (size_t)result_size);
	if (!result)
		return &fault_memory;
	fault = delta_apply(
		cursor_over(base->bytes, base->len), instructions, result->bytes, result->len);
	if (fault)
		block_release(result);
	else
		*out = result;
	return fault;
}

/* Replaces *BLOCK by what the delta of LINK makes of it. */
static const struct fault *ascend(struct odb *odb, const struct pack *pack,
	const struct delta_link *link, struct block **block)
{
	struct block *delta, *result = NULL;
	const struct fault *fault;

	TRY(inflate_block(odb, OBJECT_NONE, link->size, link->zlib, &delta));
	fault = apply(*block, delta, &result);
	block_release(delta);
	if (fault)
		return fault;
	base_cache_put(&odb->cache, pack, link->offset, result);
	block_release(*block);
	*block = result;
	return NULL;
}

const struct fault *packed_read(
	struct odb *odb, const struct pack *pack, uint64_t offset, struct block **out)
{
	const struct fault *fault = NULL;
	struct block *block = NULL;
	size_t depth;

	TRY(descend(odb, pack, offset, &depth, &block));
	while (depth && !fault)
		fault = ascend(odb, pack, &odb->chain[--depth], &block);
	if (fault)
		block_release(block);
	else
		*out = block;
	return fault;
}

/* The size of what a delta makes, from its first bytes. */
static const struct fault *result_size(struct odb *odb, struct cursor zlib, uint64_t *size)
{
	uint8_t start[DELTA_SIZES_MAX];
	size_t len = sizeof start;
	struct cursor delta;
	uint64_t base_size;
	bool done;

	TRY(inflater_start(&odb->inflater));
	TRY(inflater_run(&odb->inflater, &zlib, start, &len, &done));
	delta = cursor_over(start, len);
	return delta_sizes(&delta, &base_size, size);
}

/* The type at the bottom of the chain that begins at OFFSET. */
static const struct fault *chain_type(
	struct odb *odb, const struct pack *pack, uint64_t offset, enum object_type *type)
{
	const struct block *cached;
	struct pack_entry entry;
	struct cursor zlib;

	for (size_t depth = 0; depth <= DELTA_CHAIN_MAX; depth++) {
		cached = base_cache_peek(&odb->cache, pack, offset);
		if (cached) {
			*type = cached->type;
			return NULL;
		}
		TRY(pack_entry_at(pack, offset, &entry, &zlib));
		if (!is_delta(&entry)) {
			*type = entry.type;
			return NULL;
		}
		TRY(base_offset(pack, &entry, offset, &offset));
	}
	return fault_note(&fault_pack_format, "a chain of deltas is too long");
}

const struct fault *packed_info(struct odb *odb, const struct pack *pack, uint64_t offset,
	enum object_type *type, uint64_t *size)
{
	struct pack_entry entry;
	struct cursor zlib;

	TRY(pack_entry_at(pack, offset, &entry, &zlib));
	*size = entry.size;
	if (is_delta(&entry))
		TRY(result_size(odb, zlib, size));
	return chain_type(odb, pack, offset, type);
}

static const struct fault *stream_whole(
	struct odb *odb, const struct pack *pack, uint64_t offset, object_sink *sink, void *arg)
{
	const struct fault *fault;
	struct block *block;

	TRY(packed_read(odb, pack, offset, &block));
	fault = sink(arg, block->bytes, block->len);
	block_release(block);
	return fault;
}

const struct fault *packed_stream(
	struct odb *odb, const struct pack *pack, uint64_t offset, object_sink *sink, void *arg)
{
	uint8_t piece[ODB_PIECE];
	struct pack_entry entry;
	struct cursor zlib;
	uint64_t sent = 0;
	bool done = false;

	TRY(pack_entry_at(pack, offset, &entry, &zlib));
	if (is_delta(&entry))
		return stream_whole(odb, pack, offset, sink, arg);
	TRY(inflater_start(&odb->inflater));
	while (!done) {
		size_t len = sizeof piece;
		TRY(inflater_run(&odb->inflater, &zlib, piece, &len, &done));
		sent += len;
		if (sent > entry.size || (!done && !len))
			break;
		TRY(sink(arg, piece, len));
	}
	if (done && sent == entry.size)
		return NULL;
	return fault_note(&fault_zlib, sent > entry.size ? "too long" : "too short");
}
