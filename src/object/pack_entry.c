/* SPDX-License-Identifier: ISC */
/*
 * object/pack_entry.c: the header of a pack and of each entry in it; gitformat-pack(5).
 * Stages fetch and parser; every byte that it reads is hostile.
 */
#include "object/packfile.h"

const struct fault fault_pack_format = {BLAME_REPOSITORY, "a pack is malformed"};

const struct fault *pack_header(struct cursor *pack, uint32_t *count)
{
	struct cursor ahead = *pack;
	uint32_t version;

	if (!cursor_literal(&ahead, "PACK"))
		return fault_note(&fault_pack_format, "pack signature mismatch detected");
	if (!cursor_be32(&ahead, &version) || (version != 2 && version != 3))
		return fault_note(&fault_pack_format, "pack version unsupported");
	if (!cursor_be32(&ahead, count))
		return fault_note(&fault_pack_format, "the header is cut off");
	*pack = ahead;
	return NULL;
}

void pack_header_format(uint8_t out[PACK_HEADER_SIZE], uint32_t count)
{
	static const uint8_t start[8] = {'P', 'A', 'C', 'K', 0, 0, 0, 2};

	memcpy(out, start, sizeof start);
	for (int i = 0; i < 4; i++)
		out[8 + i] = (uint8_t)(count >> (24 - 8 * i));
}

/* What became of reading a part of a header. */
enum took {
	TOOK,
	TOOK_SHORT, /* the bytes ended */
	TOOK_WRONG,
};

static bool is_entry_type(enum object_type type)
{
	return object_type_name(type) || type == OBJECT_OFS_DELTA || type == OBJECT_REF_DELTA;
}

/* Type in three bits, size in four and then seven at a time, the lowest first. */
static enum took take_type_and_size(struct cursor *c, struct pack_entry *e)
{
	uint8_t byte;
	unsigned shift = 4;

	if (!cursor_u8(c, &byte))
		return TOOK_SHORT;
	e->type = (enum object_type)(byte >> 4 & 7);
	if (!is_entry_type(e->type))
		return TOOK_WRONG;
	e->size = byte & 0x0f;
	for (; byte & 0x80; shift += 7) {
		if (!cursor_u8(c, &byte))
			return TOOK_SHORT;
		if (shift > 63 || (uint64_t)(byte & 0x7f) > UINT64_MAX >> shift)
			return TOOK_WRONG;
		e->size |= (uint64_t)(byte & 0x7f) << shift;
	}
	return TOOK;
}

/* Seven bits at a time, the highest first; each further byte adds one, so that no number has two
 * spellings. */
static enum took take_distance(struct cursor *c, uint64_t *distance)
{
	uint8_t byte;

	*distance = 0;
	for (;;) {
		if (!cursor_u8(c, &byte))
			return TOOK_SHORT;
		if (*distance > UINT64_MAX >> 7)
			return TOOK_WRONG;
		*distance = *distance << 7 | (byte & 0x7f);
		if (!(byte & 0x80))
			break;
		if (++*distance == 0)
			return TOOK_WRONG;
	}
	return *distance ? TOOK : TOOK_WRONG;
}

static enum took take_entry(struct cursor *c, const struct hash_algo *algo, struct pack_entry *e)
{
	enum took took = take_type_and_size(c, e);

	if (took != TOOK)
		return took;
	if (e->type == OBJECT_OFS_DELTA)
		return take_distance(c, &e->base_distance);
	if (e->type == OBJECT_REF_DELTA && !cursor_oid(c, algo, &e->base))
		return TOOK_SHORT;
	return TOOK;
}

const struct fault *pack_entry_header(struct cursor *bytes, const struct hash_algo *algo,
	struct pack_entry *out, bool *short_read)
{
	struct cursor ahead = *bytes;
	struct pack_entry entry = {0};
	enum took took = take_entry(&ahead, algo, &entry);

	if (short_read)
		*short_read = took == TOOK_SHORT;
	if (took == TOOK_SHORT && short_read)
		return NULL;
	if (took != TOOK)
		return fault_note(&fault_pack_format, "a bad entry header");
	entry.header_size = (size_t)(ahead.at - bytes->at);
	*out = entry;
	*bytes = ahead;
	return NULL;
}

static size_t format_type_and_size(uint8_t *out, enum object_type type, uint64_t size)
{
	size_t len = 0;

	out[len++] = (uint8_t)((unsigned)type << 4 | (size & 0x0f));
	for (size >>= 4; size; size >>= 7) {
		out[len - 1] |= 0x80;
		out[len++] = size & 0x7f;
	}
	return len;
}

static size_t format_distance(uint8_t *out, uint64_t distance)
{
	uint8_t reversed[10];
	size_t len = 0, n = 0;

	reversed[n++] = distance & 0x7f;
	while (distance >>= 7)
		reversed[n++] = 0x80 | (--distance & 0x7f);
	while (n)
		out[len++] = reversed[--n];
	return len;
}

size_t pack_entry_header_format(uint8_t out[PACK_ENTRY_HEADER_MAX], const struct hash_algo *algo,
	const struct pack_entry *e)
{
	size_t len = format_type_and_size(out, e->type, e->size);

	if (e->type == OBJECT_OFS_DELTA)
		return len + format_distance(out + len, e->base_distance);
	if (e->type == OBJECT_REF_DELTA) {
		memcpy(out + len, e->base.id, algo->size);
		len += algo->size;
	}
	return len;
}
