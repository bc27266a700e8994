/* SPDX-License-Identifier: ISC */
/*
 * repo/pack_map.c: one pack and its idx in memory, and the order of its entries.
 * Stages fetch and parser; opens files below FD_PACK, read only, and keeps no descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "object/sort.h"
#include "repo/odb_parts.h"

/* Maps what FD is, if that is a regular file that is not empty. */
static const struct fault *map_descriptor(int fd, struct cursor *out, struct timespec *mtime)
{
	struct stat st;
	void *bytes;

	if (fstat(fd, &st) < 0)
		return fault_errno(&fault_repository_read, errno, "fstat");
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > SIZE_MAX / 2)
		return fault_note(&fault_pack_format, "it is no regular file with content");
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return errno == ENOMEM ? &fault_memory
				       : fault_errno(&fault_repository_read, errno, "mmap");
	*out = cursor_over(bytes, (size_t)st.st_size);
	*mtime = st.st_mtim;
	return NULL;
}

/* OUT stays empty if there is no such file. */
static const struct fault *map_file(
	const char *hex, const char *suffix, struct cursor *out, struct timespec *mtime)
{
	char path[sizeof "pack-.pack" + OID_MAX_HEX];
	const struct fault *fault;
	int fd;

	snprintf(path, sizeof path, "pack-%s.%s", hex, suffix);
	fd = openat(FD_PACK, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? NULL : fault_errno(&fault_repository_read, errno, path);
	fault = map_descriptor(fd, out, mtime);
	close(fd);
	return fault;
}

static void unmap(struct cursor bytes)
{
	union {
		const void *in;
		void *out;
	} address = {bytes.at};

	if (!cursor_at_end(&bytes))
		munmap(address.out, cursor_left(&bytes));
}

/* A pack and an idx belong together if they agree on the number of objects and the checksum. */
static const struct fault *check_pair(const struct pack *pack)
{
	const struct hash_algo *algo = pack->idx.algo;
	struct cursor c = pack->bytes;
	struct oid trailer, named;
	uint32_t count;

	TRY(pack_header(&c, &count));
	if (count != pack->idx.count)
		return fault_note(&fault_pack_format, "its idx has another number of objects");
	idx_pack_checksum(&pack->idx, &named);
	if (cursor_left(&c) < algo->size || !cursor_skip(&c, cursor_left(&c) - algo->size) ||
		!cursor_oid(&c, algo, &trailer) || !oid_equal(&trailer, &named))
		return fault_note(&fault_pack_format, "its idx is of another pack");
	return NULL;
}

const struct fault *pack_over(
	struct pack **out, struct cursor bytes, struct cursor idx, const struct hash_algo *algo)
{
	struct pack *pack = mem_array(1, sizeof *pack);
	const struct fault *fault;
	struct oid checksum;

	if (!pack)
		return &fault_memory;
	pack->bytes = bytes;
	fault = idx_open(&pack->idx, idx, algo, cursor_left(&bytes));
	if (!fault)
		fault = check_pair(pack);
	if (fault) {
		free(pack);
		return fault;
	}
	idx_pack_checksum(&pack->idx, &checksum);
	oid_hex(&checksum, algo, pack->name);
	*out = pack;
	return NULL;
}

const struct fault *pack_map(struct pack **out, const struct oid *name,
	const struct hash_algo *algo, struct timespec *mtime)
{
	char hex[OID_MAX_HEX + 1];
	struct cursor idx = {0}, bytes = {0};
	const struct fault *fault;

	*out = NULL;
	oid_hex(name, algo, hex);
	fault = map_file(hex, "idx", &idx, mtime);
	if (!fault && !cursor_at_end(&idx))
		fault = map_file(hex, "pack", &bytes, mtime);
	if (!fault && !cursor_at_end(&bytes))
		fault = pack_over(out, bytes, idx, algo);
	if (*out) {
		memcpy((*out)->name, hex, sizeof hex);
	} else {
		unmap(idx);
		unmap(bytes);
	}
	return fault;
}

void pack_free(struct pack *pack)
{
	free(pack->by_offset);
	free(pack);
}

void pack_free_mapped(struct pack *pack)
{
	unmap(pack->idx.bytes);
	unmap(pack->bytes);
	pack_free(pack);
}

/* What lies between OFFSET and the trailer. */
static bool entries_from(const struct pack *pack, uint64_t offset, struct cursor *out)
{
	struct cursor c = pack->bytes;

	return offset >= PACK_HEADER_SIZE &&
	       cursor_take(&c, cursor_left(&c) - pack->idx.algo->size, out) &&
	       offset < cursor_left(out) && cursor_skip(out, (size_t)offset);
}

const struct fault *pack_entry_at(
	const struct pack *pack, uint64_t offset, struct pack_entry *entry, struct cursor *zlib)
{
	if (!entries_from(pack, offset, zlib))
		return fault_note(&fault_pack_format, "an offset is outside of the pack");
	return pack_entry_header(zlib, pack->idx.algo, entry, NULL);
}

/* Fills KEYS with the offsets of all entries in their order; each must be there once. */
static const struct fault *sort_offsets(const struct idx *idx, struct sort_key *keys)
{
	for (uint32_t i = 0; i < idx->count; i++) {
		TRY(idx_offset(idx, i, &keys[i].key));
		keys[i].value = i;
	}
	sort_keys(keys, keys + idx->count, idx->count);
	for (uint32_t i = 1; i < idx->count; i++)
		if (keys[i].key == keys[i - 1].key)
			return fault_note(&fault_idx_format, "two objects at one offset");
	return NULL;
}

const struct fault *pack_order(struct pack *pack)
{
	uint32_t count = pack->idx.count, *order;
	const struct fault *fault = &fault_memory;
	struct sort_key *keys;

	if (pack->by_offset)
		return NULL;
	order = mem_array(count, sizeof *order);
	keys = mem_array(count, 2 * sizeof *keys);
	if (order && keys)
		fault = sort_offsets(&pack->idx, keys);
	for (uint32_t i = 0; !fault && i < count; i++)
		order[i] = keys[i].value;
	free(keys);
	if (fault)
		free(order);
	else
		pack->by_offset = order;
	return fault;
}

/* The number in order of offset of the first entry at or behind OFFSET; count if there is none. */
static uint32_t first_from(const struct pack *pack, uint64_t offset)
{
	uint32_t low = 0, high = pack->idx.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint64_t at;
		if (idx_offset(&pack->idx, pack->by_offset[middle], &at) || at >= offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool offset_of(const struct pack *pack, uint32_t number, uint64_t *offset)
{
	return number < pack->idx.count && !idx_offset(&pack->idx, pack->by_offset[number], offset);
}

bool pack_position_at(const struct pack *pack, uint64_t offset, uint32_t *position)
{
	uint32_t number;
	uint64_t at;

	if (!pack->by_offset)
		return false;
	number = first_from(pack, offset);
	if (!offset_of(pack, number, &at) || at != offset)
		return false;
	*position = pack->by_offset[number];
	return true;
}

const struct fault *pack_stored(const struct repo *repo, const struct place *place,
	struct pack_entry *entry, struct cursor *zlib)
{
	struct cursor behind;
	uint64_t next;

	(void)repo; /* the pack knows its own hash */
	if (!place->pack)
		return &fault_internal;
	TRY(pack_order(place->pack));
	TRY(pack_entry_at(place->pack, place->offset, entry, &behind));
	if (!offset_of(place->pack, first_from(place->pack, place->offset + 1), &next)) {
		*zlib = behind;
		return NULL;
	}
	if (next - place->offset < entry->header_size ||
		!cursor_take(&behind, (size_t)(next - place->offset) - entry->header_size, zlib))
		return fault_note(&fault_pack_format, "an entry begins inside of another");
	return NULL;
}
