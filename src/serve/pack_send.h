/* SPDX-License-Identifier: ISC */
/* serve/pack_send.h: writing a planned pack to the client, gitformat-pack(5). */
#ifndef SERVE_PACK_SEND_H
#define SERVE_PACK_SEND_H

#include "io/sideband.h"
#include "serve/pack_plan.h"

/*
 * Sends header, objects and trailer on band 1. OFS: deltas may name their base by distance.
 * *BYTES: the size of the pack.
 */
const struct fault *pack_send(
	struct pack_plan *plan, struct sideband *out, bool ofs, uint64_t *bytes) MUST_USE;

#endif
