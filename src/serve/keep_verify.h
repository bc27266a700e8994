/* SPDX-License-Identifier: ISC */
/*
 * serve/keep_verify.h: is the quarantine's pack what the parser says it is.
 */
#ifndef SERVE_KEEP_VERIFY_H
#define SERVE_KEEP_VERIFY_H

#include "repo/odb.h"
#include "serve/keep_message.h"

extern const struct fault
	fault_pack_claim; /* us: the parser lied, or the disk did; the note: how */

/* A pack whose bytes and idx agree with each other and with what was said of them. */
struct verified_pack {
	struct cursor pack; /* mapped */
	struct cursor idx;  /* a private copy: nobody can change it after it was verified */
};

/*
 * Hashes the pack (by pread, in pieces) and compares it with CLAIM, its own header and trailer, and
 * its size; reads and verifies the idx.
 */
const struct fault *keep_verify(int pack_fd, int idx_fd, const struct keep_pack *claim,
	const struct hash_algo *algo, struct verified_pack *out) MUST_USE;

void verified_pack_free(struct verified_pack *pack);

#endif
