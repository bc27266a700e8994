/* SPDX-License-Identifier: ISC */
/*
 * serve/upload.h: the parts of upload-pack. upload_pack.c opens the repository's objects and refs
 * and picks the protocol; upload_v0.c and upload_v2.c speak it; upload_send.c answers with a pack.
 */
#ifndef SERVE_UPLOAD_H
#define SERVE_UPLOAD_H

#include <stdio.h>
#include "repo/graph.h"
#include "repo/refs.h"
#include "serve/negotiation.h"
#include "serve/session.h"
#include "wire/fetch.h"

struct upload {
	struct session *session;
	struct odb *odb;
	struct graph graph;
	struct refs refs;
	bool peeled; /* the refs have been peeled */
};

/* Peels every ref, once. */
const struct fault *upload_peel(struct upload *upload) MUST_USE;

/* Protocol v0 and v1, from the advertisement to the pack. */
const struct fault *upload_v0(struct upload *upload) MUST_USE;

/* Protocol v2: commands until the client has no more. */
const struct fault *upload_v2(struct upload *upload) MUST_USE;

/* The ls-refs command: reads its arguments if there are ARGUMENTS to read, and answers. */
const struct fault *upload_ls_refs(struct upload *upload, bool arguments) MUST_USE;

/*
 * Sends the pack of what was negotiated, framed as CAPS (capability bits) ask. A fault is told to
 * the client on band 3 where there is one.
 */
const struct fault *upload_send(
	struct upload *upload, struct negotiation *negotiation, uint32_t caps) MUST_USE;

#endif
