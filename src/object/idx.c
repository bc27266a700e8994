/* SPDX-License-Identifier: ISC */
/*
 * object/idx.c: looking into a pack's index, version 1 or 2; gitformat-pack(5).
 * Stages fetch and parser. The index may lie: idx_open() proves that all its tables are inside,
 * and every offset is judged when it is read.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "object/packfile.h"
#include "object/sort.h"

const struct fault fault_idx_format = {BLAME_REPOSITORY, "a pack index is malformed"};

#define FANOUT_SIZE 1024
#define V2_HEADER_SIZE 8
#define V2_SIGNATURE "\377tOc"
#define LARGE_OFFSET 0x80000000u

/* Where the rows of a table begin, and how far apart they are. */
struct table {
	size_t start, stride;
};

static struct table fanout_table(const struct idx *idx)
{
	return (struct table){idx->version == 2 ? V2_HEADER_SIZE : 0, 4};
}

/* The first row after the fan-out. */
static size_t rows_start(const struct idx *idx)
{
	return fanout_table(idx).start + FANOUT_SIZE;
}

static struct table oid_table(const struct idx *idx)
{
	if (idx->version == 1)
		return (struct table){rows_start(idx) + 4, 4 + idx->algo->size};
	return (struct table){rows_start(idx), idx->algo->size};
}

static struct table offset_table(const struct idx *idx)
{
	if (idx->version == 1)
		return (struct table){rows_start(idx), 4 + idx->algo->size};
	return (struct table){rows_start(idx) + idx->count * (idx->algo->size + 4), 4};
}

static struct table large_table(const struct idx *idx)
{
	return (struct table){offset_table(idx).start + (size_t)idx->count * 4, 8};
}

/* The bytes from a row of a table on; empty if there is no such row. */
static struct cursor row(const struct idx *idx, struct table table, size_t number)
{
	struct cursor c = idx->bytes;
	size_t at;

	if (mul_overflows(number, table.stride, &at) || add_overflows(at, table.start, &at) ||
		!cursor_skip(&c, at))
		return cursor_over(c.end, 0);
	return c;
}

static uint32_t fanout(const struct idx *idx, unsigned bucket)
{
	struct cursor c = row(idx, fanout_table(idx), bucket);
	uint32_t value = 0;

	return cursor_be32(&c, &value) ? value : 0;
}

static const struct fault *malformed(const char *what)
{
	return fault_note(&fault_idx_format, "%s", what);
}

static const struct fault *check_fanout(struct idx *idx)
{
	uint32_t last = 0;

	for (unsigned bucket = 0; bucket < 256; bucket++) {
		uint32_t value = fanout(idx, bucket);
		if (value < last)
			return malformed("the fan-out is not monotonic");
		last = value;
	}
	idx->count = last;
	return NULL;
}

/* Version 2 may have up to COUNT - 1 large offsets more than its smallest size. */
static bool size_fits(const struct idx *idx)
{
	size_t size = cursor_left(&idx->bytes), trailer = 2 * idx->algo->size, least, extra;

	if (mul_overflows(idx->count, idx->algo->size + (idx->version == 2 ? 8 : 4), &least) ||
		add_overflows(least, rows_start(idx) + trailer, &least) || size < least)
		return false;
	extra = size - least;
	if (idx->version == 1)
		return extra == 0;
	return extra % 8 == 0 && extra / 8 <= (idx->count ? idx->count - 1 : 0);
}

const struct fault *idx_open(
	struct idx *idx, struct cursor bytes, const struct hash_algo *algo, uint64_t pack_size)
{
	struct idx opened = {.bytes = bytes, .algo = algo, .version = 1, .pack_size = pack_size};
	uint32_t version;

	if (cursor_literal(&bytes, V2_SIGNATURE)) {
		if (!cursor_be32(&bytes, &version) || version != 2)
			return malformed("its version is unknown");
		opened.version = 2;
	}
	if (cursor_left(&bytes) < FANOUT_SIZE || pack_size < PACK_HEADER_SIZE + algo->size)
		return malformed("it is cut off");
	TRY(check_fanout(&opened));
	if (!size_fits(&opened))
		return malformed("its size is wrong");
	*idx = opened;
	return NULL;
}

/* memcmp() of the oid at POSITION with OID. */
static int compare_at(
	const struct idx *idx, struct table oids, uint32_t position, const uint8_t *id)
{
	struct cursor c = row(idx, oids, position);

	return cursor_left(&c) < idx->algo->size ? 1 : memcmp(c.at, id, idx->algo->size);
}

bool idx_find(const struct idx *idx, const struct oid *oid, uint32_t *position)
{
	struct table oids = oid_table(idx);
	uint32_t low = oid->id[0] ? fanout(idx, oid->id[0] - 1u) : 0,
		 high = fanout(idx, oid->id[0]);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = compare_at(idx, oids, middle, oid->id);
		if (order == 0) {
			*position = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

void idx_oid(const struct idx *idx, uint32_t position, struct oid *out)
{
	struct cursor c = row(idx, oid_table(idx), position);

	if (position >= idx->count || !cursor_oid(&c, idx->algo, out))
		*out = (struct oid){0};
}

/* The large offset that the word of the offset table points to. */
static bool large_offset(const struct idx *idx, uint32_t word, uint64_t *offset)
{
	size_t trailer = 2 * idx->algo->size;
	struct cursor c = row(idx, large_table(idx), word & ~LARGE_OFFSET);

	return cursor_left(&c) >= trailer + 8 && cursor_be64(&c, offset);
}

const struct fault *idx_offset(const struct idx *idx, uint32_t position, uint64_t *offset)
{
	struct cursor c = row(idx, offset_table(idx), position);
	uint32_t word;
	uint64_t found;

	if (position >= idx->count || !cursor_be32(&c, &word))
		return malformed("no such position");
	found = word;
	if (idx->version == 2 && word & LARGE_OFFSET && !large_offset(idx, word, &found))
		return malformed("a large offset is missing");
	if (found < PACK_HEADER_SIZE || found >= idx->pack_size - idx->algo->size)
		return malformed("an offset is outside of the pack");
	*offset = found;
	return NULL;
}

void idx_pack_checksum(const struct idx *idx, struct oid *out)
{
	struct cursor c = idx->bytes;

	if (!cursor_skip(&c, cursor_left(&c) - 2 * idx->algo->size) ||
		!cursor_oid(&c, idx->algo, out))
		*out = (struct oid){0};
}

static const struct fault *verify_oids(const struct idx *idx)
{
	struct oid last = {{0}}, oid;
	unsigned bucket = 0;

	for (uint32_t i = 0; i < idx->count; i++) {
		idx_oid(idx, i, &oid);
		if (i && oid_compare(&last, &oid) >= 0)
			return malformed("the names are not sorted");
		while (fanout(idx, bucket) <= i)
			bucket++;
		if (oid.id[0] != bucket)
			return malformed("a name is in the wrong bucket");
		last = oid;
	}
	return NULL;
}

static const struct fault *verify_offsets(const struct idx *idx, struct sort_key *keys)
{
	for (uint32_t i = 0; i < idx->count; i++) {
		TRY(idx_offset(idx, i, &keys[i].key));
		keys[i].value = i;
	}
	sort_keys(keys, keys + idx->count, idx->count);
	for (uint32_t i = 1; i < idx->count; i++)
		if (keys[i].key == keys[i - 1].key)
			return malformed("two objects at one offset");
	return NULL;
}

static const struct fault *verify_checksum(const struct idx *idx)
{
	size_t size = idx->algo->size;
	struct cursor c = idx->bytes, body;
	struct hash_ctx ctx;
	struct oid named, is;

	if (!cursor_take(&c, cursor_left(&c) - size, &body) || !cursor_oid(&c, idx->algo, &named))
		return malformed("it is cut off");
	idx->algo->plain->init(&ctx);
	idx->algo->plain->update(&ctx, body.at, cursor_left(&body));
	if (!idx->algo->plain->final(&ctx, &is) || !oid_equal(&named, &is))
		return malformed("its checksum is wrong");
	return NULL;
}

const struct fault *idx_verify(const struct idx *idx)
{
	struct sort_key *keys;
	const struct fault *fault;

	TRY(verify_checksum(idx));
	TRY(verify_oids(idx));
	keys = mem_array(idx->count, 2 * sizeof *keys);
	if (!keys)
		return &fault_memory;
	fault = verify_offsets(idx, keys);
	free(keys);
	return fault;
}
