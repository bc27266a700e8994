/* SPDX-License-Identifier: ISC */
/*
 * serve/upload_pack.c: git-upload-pack(1). Stage fetch: reads the repository, writes the socket.
 */
#include "serve/upload.h"

const struct fault *upload_peel(struct upload *upload)
{
	if (upload->peeled)
		return NULL;
	for (size_t i = 0; i < upload->refs.count; i++)
		TRY(ref_peel(&upload->refs.list[i], upload->odb, upload->session->repo->algo));
	upload->peeled = true;
	return NULL;
}

static const struct fault *speak(struct upload *upload)
{
	TRY(refs_load(&upload->refs, upload->session->repo));
	return upload->session->version == 2 ? upload_v2(upload) : upload_v0(upload);
}

const struct fault *upload_pack(struct session *session)
{
	struct upload upload = {.session = session};
	const struct fault *fault;

	TRY(odb_open(&upload.odb, session->repo));
	graph_init(&upload.graph, upload.odb, session->repo->algo);
	fault = speak(&upload);
	refs_free(&upload.refs);
	graph_free(&upload.graph);
	odb_close(upload.odb);
	return fault;
}
