/* SPDX-License-Identifier: ISC */
/* base/sha256.h: what the two ways to compute SHA-256 share. Private. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/hash_blocks.h"

#define SHA256_STEPS 64

extern const uint32_t sha256_k[SHA256_STEPS];

#endif
