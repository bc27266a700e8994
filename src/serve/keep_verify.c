/* SPDX-License-Identifier: ISC */
/*
 * serve/keep_verify.c: the keeper's own look at what lies in the quarantine. Stage keeper.
 *
 * Hash, header, trailer and idx are checked; no object is inflated or parsed. That an idx names
 * the objects truthfully is not proved here: SECURITY.md, "a lying index".
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "object/packfile.h"
#include "serve/keep_verify.h"

#define PIECE 65536
#define ENTRY_MIN 9 /* bytes of the smallest entry: a header and an empty zlib stream */
#define IDX_FIXED                                                                                  \
	((uint64_t)8 + 256 * 4 + 2 * OID_MAX_SIZE) /* at most: header, fan-out, trailer            \
						    */
#define IDX_ENTRY (OID_MAX_SIZE + 4 + 4 + 8)       /* at most */

const struct fault fault_pack_claim = {BLAME_US, "the quarantined pack is not what was announced"};

static const struct fault *size_of(int fd, uint64_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fault_errno(&fault_pack_claim, errno, "fstat");
	*size = (uint64_t)st.st_size;
	return NULL;
}

/* All LEN bytes at OFFSET; fewer are a fault. */
static const struct fault *read_at(int fd, void *bytes, size_t len, uint64_t offset)
{
	uint8_t *to = bytes;

	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, to + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault_errno(&fault_pack_claim, n ? errno : EIO, "pread");
		done += (size_t)n;
	}
	return NULL;
}

static const struct fault *hash_pack(
	int fd, uint64_t len, const struct hash_algo *algo, struct oid *out)
{
	uint8_t *piece = malloc(PIECE);
	const struct fault *fault = NULL;
	struct hash_ctx hash;

	if (!piece)
		return &fault_memory;
	algo->plain->init(&hash);
	for (uint64_t at = 0; at < len && !fault;) {
		size_t n = len - at < PIECE ? (size_t)(len - at) : PIECE;
		fault = read_at(fd, piece, n, at);
		algo->plain->update(&hash, piece, n);
		at += n;
	}
	free(piece);
	if (!fault && !algo->plain->final(&hash, out))
		fault = &fault_internal;
	return fault;
}

static const struct fault *verify_pack(
	int fd, const struct keep_pack *claim, const struct hash_algo *algo)
{
	uint8_t header[PACK_HEADER_SIZE];
	struct cursor cursor = cursor_over(header, sizeof header);
	struct oid hash, trailer = {{0}};
	uint64_t size;
	uint32_t count;

	TRY(size_of(fd, &size));
	if (size != claim->bytes || size < PACK_HEADER_SIZE + algo->size)
		return fault_note(&fault_pack_claim, "size");
	TRY(read_at(fd, header, sizeof header, 0));
	if (pack_header(&cursor, &count) || count != claim->count)
		return fault_note(&fault_pack_claim, "header");
	TRY(hash_pack(fd, size - algo->size, algo, &hash));
	TRY(read_at(fd, trailer.id, algo->size, size - algo->size));
	if (!oid_equal(&hash, &trailer) || !oid_equal(&hash, &claim->checksum))
		return fault_note(&fault_pack_claim, "checksum");
	return NULL;
}

/* What an idx of this pack can take at most; no pack holds more objects than fit into its bytes. */
static bool plausible(const struct keep_pack *claim, uint64_t idx_size)
{
	return claim->count <= claim->bytes / ENTRY_MIN &&
	       idx_size <= IDX_FIXED + (uint64_t)claim->count * IDX_ENTRY;
}

static const struct fault *verify_idx(
	struct cursor bytes, const struct keep_pack *claim, const struct hash_algo *algo)
{
	struct oid checksum;
	struct idx idx;

	TRY(idx_open(&idx, bytes, algo, claim->bytes));
	idx_pack_checksum(&idx, &checksum);
	if (idx.count != claim->count || !oid_equal(&checksum, &claim->checksum))
		return fault_note(&fault_pack_claim, "idx");
	return idx_verify(&idx);
}

static const struct fault *read_idx(int fd, const struct keep_pack *claim, struct cursor *out)
{
	const struct fault *fault;
	uint64_t size;
	uint8_t *copy;

	TRY(size_of(fd, &size));
	if (!plausible(claim, size))
		return fault_note(&fault_pack_claim, "size of the idx");
	copy = malloc((size_t)size + 1);
	if (!copy)
		return &fault_memory;
	fault = read_at(fd, copy, (size_t)size, 0);
	if (fault)
		free(copy);
	else
		*out = cursor_over(copy, (size_t)size);
	return fault;
}

const struct fault *keep_verify(int pack_fd, int idx_fd, const struct keep_pack *claim,
	const struct hash_algo *algo, struct verified_pack *out)
{
	void *bytes;

	*out = (struct verified_pack){0};
	TRY(verify_pack(pack_fd, claim, algo));
	TRY(read_idx(idx_fd, claim, &out->idx));
	TRY(verify_idx(out->idx, claim, algo));
	bytes = mmap(NULL, (size_t)claim->bytes, PROT_READ, MAP_SHARED, pack_fd, 0);
	if (bytes == MAP_FAILED)
		return fault_errno(&fault_pack_claim, errno, "mmap");
	out->pack = cursor_over(bytes, (size_t)claim->bytes);
	return NULL;
}

static void *writable(const uint8_t *bytes)
{
	void *p;

	memcpy(&p, &bytes, sizeof p);
	return p;
}

void verified_pack_free(struct verified_pack *pack)
{
	if (pack->pack.at)
		munmap(writable(pack->pack.at), cursor_left(&pack->pack));
	free(writable(pack->idx.at));
	*pack = (struct verified_pack){0};
}
