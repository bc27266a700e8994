/* SPDX-License-Identifier: ISC */
/*
 * serve/receive_commands.c: the reference discovery and the commands of a push;
 * gitprotocol-pack(5), "Pushing Data To a Server". Stage parser.
 */
#include "base/mem.h"
#include "serve/receive.h"

const struct fault fault_push_commands = {BLAME_PEER, "too many ref updates in one push"};
const struct fault fault_object_format = {BLAME_PEER, "unsupported object format"};

static void advertise_ref(
	struct receive *r, struct buffer *b, const struct oid *oid, const char *name, bool first)
{
	const struct hash_algo *algo = r->session->repo->algo;
	struct buffer line = BUFFER_INIT;
	char hex[OID_MAX_HEX + 1];

	buffer_format(&line, "%s %s", oid_hex(oid, algo, hex), name);
	if (first) {
		buffer_byte(&line, '\0');
		receive_pack_capabilities(&line, algo);
	}
	buffer_byte(&line, '\n');
	if (buffer_check(&line))
		b->failed = buffer_check(&line);
	else
		pkt_append(b, line.bytes, line.len);
	buffer_free(&line);
}

const struct fault *receive_advertise(struct receive *r)
{
	static const struct oid nothing;
	struct stream *stream = r->session->stream;
	struct buffer b = BUFFER_INIT;
	const struct fault *fault = NULL;

	if (r->session->version == 1)
		pkt_format(&b, "version 1\n");
	if (!r->refs.count)
		advertise_ref(r, &b, &nothing, "capabilities^{}", true);
	for (size_t i = 0; i < r->refs.count && !fault; i++) {
		advertise_ref(r, &b, &r->refs.list[i].oid, r->refs.list[i].name, i == 0);
		fault = stream_write_buffer(stream, &b);
		buffer_reset(&b);
	}
	pkt_flush(&b);
	if (!fault)
		fault = stream_write_buffer(stream, &b);
	buffer_free(&b);
	return fault ? fault : stream_flush(stream);
}

static const struct fault *take_capabilities(struct receive *r, struct cursor words)
{
	const struct hash_algo *algo;

	TRY(receive_pack_capabilities_parse(words, &r->caps));
	sideband_init(&r->sideband, r->session->stream, r->caps.bits);
	r->remarks.quiet = r->caps.bits & CAP_QUIET;
	algo = r->caps.algo ? r->caps.algo : &hash_sha1;
	return algo == r->session->repo->algo ? NULL : &fault_object_format;
}

static const struct fault *take_command(struct receive *r, struct cursor line)
{
	struct push_command *command;
	struct ref_command parsed;
	struct cursor caps;

	if (r->count >= PUSH_COMMANDS_MAX)
		return &fault_push_commands;
	TRY(ref_command_parse(line, r->session->repo->algo, &parsed, &caps));
	if (!r->count)
		TRY(take_capabilities(r, caps));
	if (!mem_grow(&r->commands, r->count, &r->cap, sizeof *r->commands))
		return &fault_memory;
	command = &r->commands[r->count];
	*command = (struct push_command){.old_oid = parsed.old_oid, .new_oid = parsed.new_oid};
	command->name = mem_text(parsed.name, strlen(parsed.name));
	if (!command->name)
		return &fault_memory;
	r->count++;
	return NULL;
}

/* A client with a shallow clone first says where its history ends. What it pushes must be whole
 * here all the same, which the check of connectivity will tell. */
static bool is_shallow_line(struct cursor line)
{
	return cursor_starts(&line, "shallow ");
}

const struct fault *receive_commands(struct receive *r)
{
	struct pkt pkt;

	for (;;) {
		TRY(stream_read_pkt(r->session->stream, &pkt));
		if (pkt.kind == PKT_FLUSH || (pkt.kind == PKT_EOF && !r->count))
			return NULL;
		if (pkt.kind == PKT_EOF)
			return &fault_hangup;
		if (pkt.kind != PKT_DATA)
			return fault_note(&fault_command_syntax, "got a special packet");
		if (is_shallow_line(pkt.data))
			r->shallow = true;
		else
			TRY(take_command(r, pkt.data));
	}
}
