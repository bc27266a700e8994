/* SPDX-License-Identifier: ISC */
/*
 * serve/upload_v2.c: protocol v2, gitprotocol-v2(5): one command after the other, each complete in
 * itself. Stage fetch; every line is the client's.
 */
#include "serve/upload.h"

/* --- fetch ----------------------------------------------------------------------------------- */

struct fetch {
	struct upload *upload;
	struct negotiation n;
	uint32_t caps; /* what the arguments ask for, as capability bits */
	bool haves, done, wait_for_done;
};

static const struct fault *take_argument(struct fetch *f, const struct v2_argument *argument)
{
	bool here;

	switch (argument->kind) {
	case ARG_WANT:
		return negotiation_want(&f->n, &argument->oid);
	case ARG_HAVE:
		f->haves = true;
		return negotiation_have(&f->n, &argument->oid, &here);
	case ARG_DONE:
		f->done = true;
		return NULL;
	case ARG_WAIT_FOR_DONE:
		f->wait_for_done = true;
		return NULL;
	case ARG_THIN_PACK:
		f->caps |= CAP_THIN_PACK;
		return NULL;
	case ARG_NO_PROGRESS:
		f->caps |= CAP_NO_PROGRESS;
		return NULL;
	case ARG_INCLUDE_TAG:
		f->caps |= CAP_INCLUDE_TAG;
		return NULL;
	case ARG_OFS_DELTA:
		f->caps |= CAP_OFS_DELTA;
		return NULL;
	default:
		return &fault_v2_argument;
	}
}

static const struct fault *read_arguments(struct fetch *f)
{
	struct v2_argument argument;
	struct pkt pkt;

	for (;;) {
		TRY(stream_read_pkt(f->upload->session->stream, &pkt));
		if (pkt.kind == PKT_FLUSH)
			return NULL;
		if (pkt.kind != PKT_DATA)
			return &fault_hangup;
		TRY(v2_argument_parse(
			V2_FETCH, pkt.data, f->upload->session->repo->algo, &argument));
		TRY(take_argument(f, &argument));
	}
}

static void format_acks(const struct fetch *f, struct buffer *out)
{
	char hex[OID_MAX_HEX + 1];

	pkt_format(out, "acknowledgments\n");
	if (!f->n.common.count)
		pkt_format(out, "NAK\n");
	for (uint32_t i = 0; i < f->n.common.count; i++)
		pkt_format(out, "ACK %s\n",
			oid_hex(&f->n.common.oids[i], f->upload->session->repo->algo, hex));
}

/* The acknowledgments section; *SEND: the pack follows it. */
static const struct fault *acknowledge(struct fetch *f, bool *send)
{
	struct buffer out = BUFFER_INIT;
	const struct fault *fault;

	TRY(negotiation_ready(&f->n, send));
	*send = *send && !f->wait_for_done;
	format_acks(f, &out);
	if (*send) {
		pkt_format(&out, "ready\n");
		pkt_delim(&out);
	} else {
		pkt_flush(&out);
	}
	fault = stream_write_buffer(f->upload->session->stream, &out);
	buffer_free(&out);
	return fault ? fault : stream_flush(f->upload->session->stream);
}

static const struct fault *answer(struct fetch *f)
{
	bool send = true;

	if (!f->n.wants.count && !f->wait_for_done)
		return NULL;
	TRY(upload_peel(f->upload));
	TRY(negotiation_check_wants(&f->n, WANT_REACHABLE));
	if (f->haves && !f->done)
		TRY(acknowledge(f, &send));
	if (!send)
		return NULL;
	TRY(stream_write(f->upload->session->stream, "000dpackfile\n", 13));
	return upload_send(f->upload, &f->n, f->caps | CAP_SIDE_BAND_64K);
}

static const struct fault *fetch_command(struct upload *upload)
{
	struct fetch f = {.upload = upload};
	const struct fault *fault;

	negotiation_init(&f.n, upload->odb, &upload->refs, &upload->graph);
	fault = read_arguments(&f);
	if (!fault)
		fault = answer(&f);
	negotiation_free(&f.n);
	return fault;
}

/* --- commands -------------------------------------------------------------------------------- */

/* What comes before the arguments. *END: the client has no more commands; *ARGUMENTS: they follow.
 */
static const struct fault *read_request(
	struct upload *upload, struct v2_request *request, bool *end, bool *arguments)
{
	struct pkt pkt;
	unsigned lines = 0;

	*end = *arguments = false;
	for (;; lines++) {
		TRY(stream_read_pkt(upload->session->stream, &pkt));
		switch (pkt.kind) {
		case PKT_DATA:
			TRY(v2_request_line(request, pkt.data));
			break;
		case PKT_DELIM:
			*arguments = true;
			return NULL;
		case PKT_FLUSH:
			*end = !lines;
			return NULL;
		case PKT_EOF:
			*end = !lines;
			return lines ? &fault_hangup : NULL;
		default:
			return &fault_hangup;
		}
	}
}

static const struct fault *no_command(void)
{
	return fault_note(&fault_v2_command, "no command requested");
}

static const struct fault *run_command(
	struct upload *upload, const struct v2_request *request, bool arguments)
{
	if (!request->has_command)
		return no_command();
	/* who does not say means SHA-1, gitprotocol-v2(5), "object-format" */
	if ((request->caps.algo ? request->caps.algo : &hash_sha1) != upload->session->repo->algo)
		return fault_note(&fault_capability, "mismatched object format: server %s",
			upload->session->repo->algo->name);
	if (request->caps.agent[0])
		snprintf(upload->session->outcome->agent, sizeof upload->session->outcome->agent,
			"%s", request->caps.agent);
	if (request->command == V2_LS_REFS)
		return upload_ls_refs(upload, arguments);
	return arguments ? fetch_command(upload) : NULL;
}

static const struct fault *advertise(struct upload *upload)
{
	struct buffer out = BUFFER_INIT;
	const struct fault *fault;

	pkt_format(&out, "version 2\n");
	v2_advertise(&out, upload->session->repo->algo);
	fault = stream_write_buffer(upload->session->stream, &out);
	buffer_free(&out);
	return fault;
}

const struct fault *upload_v2(struct upload *upload)
{
	bool end, arguments;

	TRY(advertise(upload));
	for (;;) {
		struct v2_request request = {0};

		TRY(read_request(upload, &request, &end, &arguments));
		if (end)
			return NULL;
		TRY(run_command(upload, &request, arguments));
		TRY(stream_flush(upload->session->stream));
	}
}
