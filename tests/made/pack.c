/* SPDX-License-Identifier: ISC */
/* tests/made/pack.c: packs written as one likes. */
#include <stdlib.h>
#include "object/inflate.h"
#include "tests/made/pack.h"

static void check(const struct fault *fault)
{
	if (fault)
		abort();
}

void made_pack_start(struct buffer *pack, uint32_t count)
{
	uint8_t header[PACK_HEADER_SIZE];

	pack_header_format(header, count);
	buffer_append(pack, header, sizeof header);
}

static const struct fault *append(void *arg, const void *bytes, size_t len)
{
	buffer_append(arg, bytes, len);
	return buffer_check(arg);
}

size_t made_pack_entry(struct buffer *pack, const struct pack_entry *entry, struct cursor content)
{
	uint8_t header[PACK_ENTRY_HEADER_MAX];
	struct deflater deflater = {0};
	size_t offset = pack->len;

	buffer_append(pack, header, pack_entry_header_format(header, &hash_sha1, entry));
	check(deflater_start(&deflater));
	check(deflater_run(&deflater, content, true, append, pack));
	deflater_free(&deflater);
	return offset;
}

size_t made_pack_whole(struct buffer *pack, enum object_type type, struct cursor content)
{
	const struct pack_entry entry = {.type = type, .size = cursor_left(&content)};

	return made_pack_entry(pack, &entry, content);
}

size_t made_pack_ofs_delta(struct buffer *pack, size_t base_offset, struct cursor delta)
{
	const struct pack_entry entry = {.type = OBJECT_OFS_DELTA,
		.size = cursor_left(&delta),
		.base_distance = pack->len - base_offset};

	return made_pack_entry(pack, &entry, delta);
}

size_t made_pack_ref_delta(struct buffer *pack, const struct oid *base, struct cursor delta)
{
	const struct pack_entry entry = {
		.type = OBJECT_REF_DELTA, .size = cursor_left(&delta), .base = *base};

	return made_pack_entry(pack, &entry, delta);
}

void made_pack_end(struct buffer *pack)
{
	struct hash_ctx hash;
	struct oid trailer;

	hash_sha1_plain.init(&hash);
	hash_sha1_plain.update(&hash, pack->bytes, pack->len);
	if (!hash_sha1_plain.final(&hash, &trailer))
		abort();
	buffer_append(pack, trailer.id, hash_sha1.size);
	check(buffer_check(pack));
}

static void put_size(struct buffer *delta, size_t size)
{
	for (; size > 127; size >>= 7)
		buffer_byte(delta, (uint8_t)(size & 127) | 128);
	buffer_byte(delta, (uint8_t)size);
}

void made_delta_start(struct buffer *delta, size_t base_len, size_t result_len)
{
	put_size(delta, base_len);
	put_size(delta, result_len);
}

void made_delta_copy(struct buffer *delta, uint32_t offset, uint16_t len)
{
	buffer_byte(delta, 0xbf); /* all four bytes of the offset, two of the size */
	for (int shift = 0; shift < 32; shift += 8)
		buffer_byte(delta, (uint8_t)(offset >> shift));
	buffer_byte(delta, (uint8_t)len);
	buffer_byte(delta, (uint8_t)(len >> 8));
}

void made_delta_insert(struct buffer *delta, const void *bytes, uint8_t len)
{
	buffer_byte(delta, len & 127);
	buffer_append(delta, bytes, len & 127);
}

struct oid made_oid(enum object_type type, struct cursor content)
{
	struct oid oid;

	if (!object_hash(&hash_sha1, type, content.at, cursor_left(&content), &oid))
		abort();
	return oid;
}
