/* SPDX-License-Identifier: ISC */
/*
 * base/oid.h: object names.
 *
 * An oid is 32 bytes for either hash, a SHA-1 name padded with zeros, so that comparing and
 * copying never ask which. Only the edges (hex, disk) know the algorithm, from base/hash.h.
 */
#ifndef BASE_OID_H
#define BASE_OID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "base/cursor.h"

#define OID_MAX_SIZE 32
#define OID_MAX_HEX 64

struct oid {
	uint8_t id[OID_MAX_SIZE];
};

struct hash_algo;

static inline bool oid_equal(const struct oid *a, const struct oid *b)
{
	return memcmp(a->id, b->id, OID_MAX_SIZE) == 0;
}

static inline int oid_compare(const struct oid *a, const struct oid *b)
{
	return memcmp(a->id, b->id, OID_MAX_SIZE);
}

/* The null oid, 0{40}: "no object" in ref updates. */
bool oid_is_null(const struct oid *oid);

/* Reads algo->size raw bytes. */
bool cursor_oid(struct cursor *c, const struct hash_algo *algo, struct oid *out) MUST_USE;

/* Reads algo->hexsize lower or upper case hex digits. */
bool cursor_oid_hex(struct cursor *c, const struct hash_algo *algo, struct oid *out) MUST_USE;

/* Writes algo->hexsize lower case digits and a NUL to OUT and returns it. */
char *oid_hex(const struct oid *oid, const struct hash_algo *algo, char out[OID_MAX_HEX + 1]);

#endif
