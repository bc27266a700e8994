/* SPDX-License-Identifier: ISC */
/*
 * tests/made/pack.h: packs written as one likes, right or wrong; gitformat-pack(5).
 *
 * For unit tests and for the fuzzers' mutators. What cannot be made ends the process.
 */
#ifndef TESTS_MADE_PACK_H
#define TESTS_MADE_PACK_H

#include "base/buffer.h"
#include "object/packfile.h"

/* The header; COUNT may be wrong. */
void made_pack_start(struct buffer *pack, uint32_t count);

/* One entry with the header ENTRY, whatever it claims, and CONTENT deflated; returns its offset. */
size_t made_pack_entry(struct buffer *pack, const struct pack_entry *entry, struct cursor content);

/* The same with a header that tells the truth. */
size_t made_pack_whole(struct buffer *pack, enum object_type type, struct cursor content);
size_t made_pack_ofs_delta(struct buffer *pack, size_t base_offset, struct cursor delta);
size_t made_pack_ref_delta(struct buffer *pack, const struct oid *base, struct cursor delta);

/* The trailer over all that is there. */
void made_pack_end(struct buffer *pack);

/* The instructions of a delta: the two sizes, and then any of these. */
void made_delta_start(struct buffer *delta, size_t base_len, size_t result_len);
void made_delta_copy(struct buffer *delta, uint32_t offset, uint16_t len);
void made_delta_insert(struct buffer *delta, const void *bytes, uint8_t len);

/* The name of an object with this content. */
struct oid made_oid(enum object_type type, struct cursor content);

static inline struct cursor made_cursor(const struct buffer *b)
{
	return cursor_over(b->bytes, b->len);
}

#endif
