/* SPDX-License-Identifier: ISC */
/*
 * serve/upload_v0.c: upload-pack in protocol v0 and v1, gitprotocol-pack(5): reference discovery,
 * wants, then haves and ACKs in one of three dialects. Stage fetch; every line is the client's.
 */
#include "serve/upload.h"

/* --- reference discovery --------------------------------------------------------------------- */

struct advertiser {
	struct upload *upload;
	struct buffer lines;
	bool first; /* no ref has been shown: the next one carries the capabilities */
};

static void advertise_one(struct advertiser *a, const struct oid *oid, const char *name)
{
	const struct hash_algo *algo = a->upload->session->repo->algo;
	const struct refs *refs = &a->upload->refs;
	struct buffer line = BUFFER_INIT;
	char hex[OID_MAX_HEX + 1];

	buffer_format(&line, "%s %s", oid_hex(oid, algo, hex), name);
	if (a->first) {
		buffer_byte(&line, '\0');
		upload_pack_capabilities(&line, algo,
			refs->head_is_symref && refs->head_born ? refs->head_symref : NULL);
	}
	buffer_byte(&line, '\n');
	a->first = false;
	if (buffer_check(&line))
		a->lines.failed = buffer_check(&line);
	else
		pkt_append(&a->lines, line.bytes, line.len);
	buffer_free(&line);
}

/* Hands over what has been collected, now and then, so that it need not all be held. */
static const struct fault *drain(struct advertiser *a, size_t threshold)
{
	if (a->lines.len >= threshold) {
		TRY(stream_write_buffer(a->upload->session->stream, &a->lines));
		buffer_reset(&a->lines);
	}
	return buffer_check(&a->lines);
}

static const struct fault *advertise_ref(struct advertiser *a, const struct ref *ref)
{
	char name[REFNAME_MAX + sizeof "^{}"];

	advertise_one(a, &ref->oid, ref->name);
	if (ref->peel == PEEL_TAG) {
		snprintf(name, sizeof name, "%s^{}", ref->name);
		advertise_one(a, &ref->peeled, name);
	}
	return drain(a, STREAM_BUFFER);
}

static const struct fault *advertise_all(struct advertiser *a)
{
	static const struct oid null_oid;
	const struct refs *refs = &a->upload->refs;

	if (a->upload->session->version == 1)
		pkt_format(&a->lines, "version 1\n");
	if (refs->head_born)
		advertise_one(a, &refs->head, "HEAD");
	for (size_t i = 0; i < refs->count; i++)
		TRY(advertise_ref(a, &refs->list[i]));
	if (a->first)
		advertise_one(a, &null_oid, "capabilities^{}");
	pkt_flush(&a->lines);
	return drain(a, 0);
}

static const struct fault *advertise(struct upload *upload)
{
	struct advertiser a = {.upload = upload, .first = true};
	const struct fault *fault;

	TRY(upload_peel(upload));
	fault = advertise_all(&a);
	buffer_free(&a.lines);
	return fault;
}

/* --- wants ----------------------------------------------------------------------------------- */

static const struct fault *take_capabilities(
	const struct upload *upload, struct cursor words, struct client_capabilities *caps)
{
	TRY(upload_pack_capabilities_parse(words, caps));
	if (caps->algo && caps->algo != upload->session->repo->algo)
		return fault_note(&fault_capability, "the repository is %s",
			upload->session->repo->algo->name);
	return NULL;
}

static const struct fault *take_want_line(struct upload *upload, struct negotiation *n,
	struct cursor line, struct client_capabilities *caps)
{
	struct negotiation_line parsed;
	bool first = !n->wants.count;

	TRY(negotiation_line_parse(line, upload->session->repo->algo, &parsed));
	if (parsed.kind != LINE_WANT)
		return fault_note(&fault_negotiation_line, "expected a want");
	if (first)
		TRY(take_capabilities(upload, parsed.rest, caps));
	return negotiation_want(n, &parsed.oid);
}

/* Reads wants up to the flush-pkt; a client that wants nothing just leaves. */
static const struct fault *read_wants(
	struct upload *upload, struct negotiation *n, struct client_capabilities *caps)
{
	struct pkt pkt;

	for (;;) {
		TRY(stream_read_pkt(upload->session->stream, &pkt));
		if (pkt.kind == PKT_FLUSH)
			return negotiation_check_wants(n, WANT_TIPS);
		if (pkt.kind == PKT_EOF && !n->wants.count)
			return NULL;
		if (pkt.kind != PKT_DATA)
			return &fault_hangup;
		TRY(take_want_line(upload, n, pkt.data, caps));
	}
}

/* --- haves ----------------------------------------------------------------------------------- */

/* The three dialects of acknowledging. */
enum ack_dialect {
	ACK_FIRST_ONLY,
	ACK_MULTI,
	ACK_DETAILED,
};

struct conversation {
	struct upload *upload;
	struct negotiation *n;
	enum ack_dialect dialect;
	struct oid last; /* the newest common one */
	bool got_common; /* since the last flush-pkt */
	bool got_other;
	bool no_done; /* the client does not wait to be asked once we are ready */
	bool sent_ready;
	bool done;
};

static const struct fault *ack(struct conversation *c, const struct oid *oid, const char *word)
{
	struct stream *stream = c->upload->session->stream;
	struct buffer line = BUFFER_INIT;
	char hex[OID_MAX_HEX + 1];
	const struct fault *fault;

	pkt_format(&line, "ACK %s%s\n", oid_hex(oid, c->upload->session->repo->algo, hex), word);
	fault = stream_write_buffer(stream, &line);
	buffer_free(&line);
	return fault;
}

static const struct fault *nak(struct conversation *c)
{
	return stream_write(c->upload->session->stream, "0008NAK\n", 8);
}

static const struct fault *answer_common(struct conversation *c, const struct oid *oid)
{
	static const char *const words[] = {
		[ACK_FIRST_ONLY] = "", [ACK_MULTI] = " continue", [ACK_DETAILED] = " common"};

	c->got_common = true;
	c->last = *oid;
	if (c->dialect == ACK_FIRST_ONLY && c->n->common.count > 1)
		return NULL;
	return ack(c, oid, words[c->dialect]);
}

/* The client has something that we do not; if we know enough, it may stop looking. */
static const struct fault *answer_other(struct conversation *c, const struct oid *oid)
{
	bool ready;

	c->got_other = true;
	if (c->dialect == ACK_FIRST_ONLY)
		return NULL;
	TRY(negotiation_ready(c->n, &ready));
	if (!ready)
		return NULL;
	c->sent_ready = true;
	return ack(c, oid, c->dialect == ACK_DETAILED ? " ready" : " continue");
}

static const struct fault *answer_flush(struct conversation *c)
{
	bool ready = false;

	if (c->dialect == ACK_DETAILED && c->got_common && !c->got_other)
		TRY(negotiation_ready(c->n, &ready));
	if (ready)
		TRY(ack(c, &c->last, " ready"));
	c->sent_ready |= ready;
	if (!c->n->common.count || c->dialect != ACK_FIRST_ONLY)
		TRY(nak(c));
	if (c->no_done && c->sent_ready) {
		c->done = true;
		TRY(ack(c, &c->last, ""));
	}
	c->got_common = c->got_other = false;
	return stream_flush(c->upload->session->stream);
}

static const struct fault *answer_done(struct conversation *c)
{
	c->done = true;
	if (!c->n->common.count)
		return nak(c);
	return c->dialect == ACK_FIRST_ONLY ? NULL : ack(c, &c->last, "");
}

static const struct fault *answer_line(struct conversation *c, struct cursor line)
{
	struct negotiation_line parsed;
	bool here;

	TRY(negotiation_line_parse(line, c->upload->session->repo->algo, &parsed));
	if (parsed.kind == LINE_DONE)
		return answer_done(c);
	if (parsed.kind != LINE_HAVE)
		return fault_note(&fault_negotiation_line, "expected a have");
	TRY(negotiation_have(c->n, &parsed.oid, &here));
	return here ? answer_common(c, &parsed.oid) : answer_other(c, &parsed.oid);
}

static const struct fault *converse(struct conversation *c)
{
	struct pkt pkt;

	while (!c->done) {
		TRY(stream_read_pkt(c->upload->session->stream, &pkt));
		if (pkt.kind == PKT_FLUSH)
			TRY(answer_flush(c));
		else if (pkt.kind == PKT_DATA)
			TRY(answer_line(c, pkt.data));
		else
			return &fault_hangup;
	}
	return NULL;
}

static enum ack_dialect dialect_of(uint32_t caps)
{
	if (caps & CAP_MULTI_ACK_DETAILED)
		return ACK_DETAILED;
	return caps & CAP_MULTI_ACK ? ACK_MULTI : ACK_FIRST_ONLY;
}

static const struct fault *negotiate_and_send(struct upload *upload, struct negotiation *n)
{
	struct client_capabilities caps = {0};
	struct conversation c = {.upload = upload, .n = n};

	TRY(read_wants(upload, n, &caps));
	if (!n->wants.count)
		return NULL;
	snprintf(upload->session->outcome->agent, sizeof upload->session->outcome->agent, "%s",
		caps.agent);
	c.dialect = dialect_of(caps.bits);
	c.no_done = c.dialect == ACK_DETAILED && caps.bits & CAP_NO_DONE;
	TRY(converse(&c));
	return upload_send(upload, n, caps.bits);
}

const struct fault *upload_v0(struct upload *upload)
{
	struct negotiation n;
	const struct fault *fault;

	TRY(advertise(upload));
	negotiation_init(&n, upload->odb, &upload->refs, &upload->graph);
	fault = negotiate_and_send(upload, &n);
	negotiation_free(&n);
	return fault;
}
