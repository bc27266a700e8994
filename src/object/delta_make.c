/* SPDX-License-Identifier: ISC */
/*
 * object/delta_make.c: copies of what the base has, in blocks of 16 bytes and whatever lies next to
 * them, and insertions of the rest; gitformat-pack(5), "Deltified representation". Stage fetch.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "object/delta_make.h"

#define BLOCK 16u
#define INSERT_MAX 127u
#define COPY_MAX 0xffffu

/* Where blocks of the base begin, by the hash of what is in them; the first of equals stays. */
struct block_index {
	const uint8_t *base;
	size_t len;
	uint32_t *at; /* offset / BLOCK + 1, or 0 */
	uint32_t mask;
};

struct maker {
	struct block_index index;
	const uint8_t *target;
	size_t len;
	size_t pending; /* where the bytes begin that nothing was found for */
	struct buffer *out;
};

static uint32_t block_hash(const uint8_t *bytes)
{
	uint64_t words[2];

	memcpy(words, bytes, sizeof words);
	words[0] *= UINT64_C(0x9e3779b97f4a7c15);
	words[1] *= UINT64_C(0xc2b2ae3d27d4eb4f);
	return (uint32_t)((words[0] ^ (words[1] >> 29 | words[1] << 35)) >> 32);
}

static const struct fault *index_blocks(struct block_index *index)
{
	size_t blocks = index->len / BLOCK, size = 64;

	while (size < blocks)
		size *= 2;
	index->at = mem_array(size, sizeof *index->at);
	if (!index->at)
		return &fault_memory;
	index->mask = (uint32_t)size - 1;
	for (size_t i = 0; i < blocks; i++) {
		uint32_t *slot = &index->at[block_hash(index->base + i * BLOCK) & index->mask];

		if (!*slot)
			*slot = (uint32_t)i + 1;
	}
	return NULL;
}

static void put_size(struct buffer *out, size_t size)
{
	while (size > 0x7f) {
		buffer_byte(out, (uint8_t)(size | 0x80));
		size >>= 7;
	}
	buffer_byte(out, (uint8_t)size);
}

static void put_insert(struct buffer *out, const uint8_t *bytes, size_t len)
{
	while (len) {
		size_t piece = len < INSERT_MAX ? len : INSERT_MAX;

		buffer_byte(out, (uint8_t)piece);
		buffer_append(out, bytes, piece);
		bytes += piece;
		len -= piece;
	}
}

/* One instruction: the bytes of offset and size that are not zero, and which those are. */
static void put_copy_piece(struct buffer *out, size_t offset, size_t len)
{
	uint8_t code[7];
	size_t used = 1;

	code[0] = 0x80;
	for (unsigned i = 0; i < 4; i++) {
		uint8_t byte = (uint8_t)(offset >> (8 * i));

		if (byte) {
			code[0] |= (uint8_t)(1u << i);
			code[used++] = byte;
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		uint8_t byte = (uint8_t)(len >> (8 * i));

		if (byte) {
			code[0] |= (uint8_t)(0x10u << i);
			code[used++] = byte;
		}
	}
	buffer_append(out, code, used);
}

static void put_copy(struct buffer *out, size_t offset, size_t len)
{
	while (len) {
		size_t piece = len < COPY_MAX ? len : COPY_MAX;

		put_copy_piece(out, offset, piece);
		offset += piece;
		len -= piece;
	}
}

/* A copy that TARGET at AT begins: how long, and from where; 0 if there is none. */
static size_t find_match(const struct maker *m, size_t at, size_t *from)
{
	const struct block_index *index = &m->index;
	uint32_t slot = index->at[block_hash(m->target + at) & index->mask];
	size_t len = 0, most;

	if (!slot)
		return 0;
	*from = (size_t)(slot - 1) * BLOCK;
	most = m->len - at < index->len - *from ? m->len - at : index->len - *from;
	while (len < most && m->target[at + len] == index->base[*from + len])
		len++;
	return len < BLOCK ? 0 : len;
}

/* Copies what was found, and what is the same just before it; inserts what lies between. */
static size_t take_match(struct maker *m, size_t at, size_t from, size_t len)
{
	while (at > m->pending && from && m->target[at - 1] == m->index.base[from - 1]) {
		at--;
		from--;
		len++;
	}
	put_insert(m->out, m->target + m->pending, at - m->pending);
	put_copy(m->out, from, len);
	m->pending = at + len;
	return m->pending;
}

static bool make(struct maker *m, size_t max)
{
	size_t at = 0, from = 0, len;

	put_size(m->out, m->index.len);
	put_size(m->out, m->len);
	while (m->len - at >= BLOCK) {
		len = find_match(m, at, &from);
		at = len ? take_match(m, at, from, len) : at + 1;
		if (m->out->len > max)
			return false;
	}
	put_insert(m->out, m->target + m->pending, m->len - m->pending);
	return m->out->len <= max;
}

const struct fault *delta_make(
	struct cursor base, struct cursor target, size_t max, struct buffer *out, bool *made)
{
	struct maker m = {
		.index = {.base = base.at, .len = cursor_left(&base)},
		.target = target.at,
		.len = cursor_left(&target),
		.out = out,
	};

	*made = false;
	if (m.index.len < BLOCK || m.index.len > DELTA_MAKE_MAX || m.len > DELTA_MAKE_MAX)
		return NULL;
	TRY(index_blocks(&m.index));
	*made = make(&m, max);
	free(m.index.at);
	return buffer_check(out);
}
