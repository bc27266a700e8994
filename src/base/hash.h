/* SPDX-License-Identifier: ISC */
/*
 * base/hash.h: the hashes of Git objects, packs and indexes.
 *
 * hash_sha1 detects the known collision attacks while it hashes (the counter-cryptanalysis of
 * M. Stevens, as git's own SHA-1 does): use it for every object that came from a client.
 * hash_sha1_plain does not look: for checksums of files that we ourselves wrote or that only guard
 * against bit rot (pack and idx trailers).
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/oid.h"

/* Opaque to callers, which keep it on the stack. */
struct hash_ctx {
	union {
		uint64_t align;
		uint8_t bytes[576];
	} state;
};

struct hash_algo {
	const char *name; /* "sha1", "sha256": the word of object-format */
	size_t size;      /* raw bytes: 20, 32 */
	size_t hexsize;   /* 40, 64 */
	void (*init)(struct hash_ctx *ctx);
	void (*update)(struct hash_ctx *ctx, const void *bytes, size_t len);
	/* Writes the digest, zero-padded; false if the bytes bear the mark of a collision attack.
	 */
	bool (*final)(struct hash_ctx *ctx, struct oid *out);
	const struct hash_algo
		*plain; /* the same digest without detection; itself if there is none */
	const struct oid *empty_tree;
};

extern const struct hash_algo hash_sha1;
extern const struct hash_algo hash_sha1_plain;
extern const struct hash_algo hash_sha256;

/* The algorithm called NAME ("sha1" or "sha256"), or NULL. */
const struct hash_algo *hash_by_name(const struct cursor *name);

#endif
