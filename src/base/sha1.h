/* SPDX-License-Identifier: ISC */
/* base/sha1.h: the parts of SHA-1 that hashing and the search for collisions share. Private. */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/hash_blocks.h"

#define SHA1_STEPS 80

#define SHA1_CHOOSE(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define SHA1_PARITY(b, c, d) ((b) ^ (c) ^ (d))
#define SHA1_MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

#define SHA1_K0 0x5a827999u
#define SHA1_K1 0x6ed9eba1u
#define SHA1_K2 0x8f1bbcdcu
#define SHA1_K3 0xca62c1d6u

/* The eighty words that the steps use, from the sixteen of a block. */
void sha1_expand(uint32_t words[SHA1_STEPS], const uint8_t *block);

#endif
