/* SPDX-License-Identifier: ISC */
/*
 * serve/receive_pack.c: git-receive-pack(1), the process that reads the client. Stage parser:
 * the connection, the repository read-only, the quarantine's two files and the keeper's socket.
 */
#include "base/mem.h"
#include "serve/receive.h"

static const struct fault *converse(struct receive *r)
{
	TRY(refs_load(&r->refs, r->session->repo));
	TRY(receive_advertise(r));
	TRY(receive_commands(r));
	if (!r->count)
		return receive_ask(r);
	TRY(receive_objects(r));
	TRY(receive_ask(r));
	TRY(receive_report(r));
	return r->unpack_fault;
}

/* How long a client may take to hear why it is refused, even past the session's deadline. */
#define LAST_WORDS_MS 1000

/* A client that has asked for a side-band listens there and nowhere else. */
static void tell_fault(struct receive *r, const struct fault *fault)
{
	if (!(r->caps.bits & CAP_SIDE_BAND_64K) || r->session->told || fault->blame != BLAME_PEER)
		return;
	r->session->stream->deadline_ms = clock_ms() + LAST_WORDS_MS;
	r->session->told = !sideband_text(&r->sideband, BAND_ERROR, fault->text) &&
			   !sideband_end(&r->sideband, true);
}

static void receive_free(struct receive *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->commands[i].name);
	free(r->commands);
	refs_free(&r->refs);
	if (r->odb) {
		graph_free(&r->graph);
		odb_close(r->odb);
	}
	colleague_free(&r->colleague);
	free(r);
}

const struct fault *receive_pack(struct session *session, const struct push_rules *rules)
{
	struct receive *r = mem_array(1, sizeof *r);
	const struct fault *fault;

	if (!r)
		return &fault_memory;
	r->session = session;
	r->rules = rules;
	r->remarks.sideband = &r->sideband;
	sideband_init(&r->sideband, session->stream, 0);
	colleague_init(&r->colleague, FD_COLLEAGUE);
	fault = odb_open(&r->odb, session->repo);
	if (!fault) {
		graph_init(&r->graph, r->odb, session->repo->algo);
		fault = converse(r);
		if (fault)
			tell_fault(r, fault);
	}
	receive_free(r);
	return fault;
}
