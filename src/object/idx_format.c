/* SPDX-License-Identifier: ISC */
/* object/idx_format.c: writing a version 2 index; gitformat-pack(5). Stage parser. */
#include <stdlib.h>
#include "base/mem.h"
#include "object/packfile.h"
#include "object/sort.h"

/* The first eight bytes of an oid, as a number that sorts as they do. */
static uint64_t oid_prefix(const struct oid *oid)
{
	struct cursor c = cursor_over(oid->id, sizeof oid->id);
	uint64_t prefix = 0;

	return cursor_be64(&c, &prefix) ? prefix : 0;
}

/* Finishes what a sort by prefix began: names that share eight bytes are rare, and side by side. */
static void sort_ties(struct idx_entry *entries, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t j = i; j && oid_compare(&entries[j - 1].oid, &entries[j].oid) > 0;
			j--) {
			struct idx_entry swap = entries[j];
			entries[j] = entries[j - 1];
			entries[j - 1] = swap;
		}
}

static const struct fault *sort_entries(struct idx_entry *entries, uint32_t count)
{
	struct sort_key *keys = mem_array(count, 2 * sizeof *keys);
	struct idx_entry *sorted = mem_array(count, sizeof *sorted);

	if (keys && sorted) {
		for (uint32_t i = 0; i < count; i++)
			keys[i] = (struct sort_key){oid_prefix(&entries[i].oid), i};
		sort_keys(keys, keys + count, count);
		for (uint32_t i = 0; i < count; i++)
			sorted[i] = entries[keys[i].value];
		if (count)
			memcpy(entries, sorted, count * sizeof *entries);
		sort_ties(entries, count);
	}
	free(keys);
	free(sorted);
	return keys && sorted ? NULL : &fault_memory;
}

static const struct fault *refuse_duplicates(const struct idx_entry *entries, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (oid_equal(&entries[i - 1].oid, &entries[i].oid))
			return fault_note(&fault_pack_format, "an object comes twice");
	return NULL;
}

static void format_fanout(struct buffer *out, const struct idx_entry *entries, uint32_t count)
{
	uint32_t n = 0;

	for (unsigned bucket = 0; bucket < 256; bucket++) {
		while (n < count && entries[n].oid.id[0] == bucket)
			n++;
		buffer_be32(out, n);
	}
}

/* Offsets of 31 bits as they are; larger ones as a number in the table that follows. */
static void format_offsets(struct buffer *out, const struct idx_entry *entries, uint32_t count)
{
	uint32_t large = 0;

	for (uint32_t i = 0; i < count; i++)
		buffer_be32(out, entries[i].offset >> 31 ? 0x80000000u | large++
							 : (uint32_t)entries[i].offset);
	for (uint32_t i = 0; i < count; i++)
		if (entries[i].offset >> 31)
			buffer_be64(out, entries[i].offset);
}

static void format_checksum(struct buffer *out, size_t start, const struct hash_algo *algo)
{
	struct hash_ctx ctx;
	struct oid checksum;

	if (buffer_check(out))
		return;
	algo->plain->init(&ctx);
	algo->plain->update(&ctx, out->bytes + start, out->len - start);
	(void)algo->plain->final(&ctx, &checksum); /* ours: it bears no mark */
	buffer_append(out, checksum.id, algo->size);
}

const struct fault *idx_format(struct buffer *out, struct idx_entry *entries, uint32_t count,
	const struct hash_algo *algo, const struct oid *pack_checksum)
{
	static const uint8_t start[8] = {0xff, 't', 'O', 'c', 0, 0, 0, 2};
	size_t begin = out->len;

	TRY(sort_entries(entries, count));
	TRY(refuse_duplicates(entries, count));
	buffer_append(out, start, sizeof start);
	format_fanout(out, entries, count);
	for (uint32_t i = 0; i < count; i++)
		buffer_append(out, entries[i].oid.id, algo->size);
	for (uint32_t i = 0; i < count; i++)
		buffer_be32(out, entries[i].crc32);
	format_offsets(out, entries, count);
	buffer_append(out, pack_checksum->id, algo->size);
	format_checksum(out, begin, algo);
	return buffer_check(out);
}
