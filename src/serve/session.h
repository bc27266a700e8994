/* SPDX-License-Identifier: ISC */
/*
 * serve/session.h: what upload-pack and receive-pack are given, and what they leave for the log.
 */
#ifndef SERVE_SESSION_H
#define SERVE_SESSION_H

#include <stdbool.h>
#include "io/stream.h"
#include "repo/repo.h"

/* What happened, in numbers; the one place that logs turns it into one line. */
struct outcome {
	uint64_t objects;        /* sent or received */
	uint64_t objects_reused; /* sent as they lie on disk */
	uint64_t pack_bytes;
	unsigned refs_moved;
	unsigned refs_refused;
	char agent[128 + 1];
	bool cloned; /* a fetch without any "have" in common */
};

struct session {
	struct stream *stream;
	struct repo *repo;
	int version; /* of the protocol: 0, 1, 2 */
	struct outcome *outcome;
	bool told; /* the peer has already read of the fault (band 3, a report); send no ERR */
};

/* serve/upload_pack.c: advertises (or v2: serves commands) and sends a pack. Stage fetch. */
const struct fault *upload_pack(struct session *session) MUST_USE;

#endif
