/* SPDX-License-Identifier: ISC */
/*
 * serve/receive_report.c: the keeper is asked, the client is told; gitprotocol-pack(5), "Report
 * Status". Stage parser.
 */
#include "serve/receive.h"

/* --- asking ----------------------------------------------------------------------------------- */

static const struct fault *send_pack(struct receive *r)
{
	const struct keep_message m = {
		.kind = KEEP_PACK,
		.pack = {r->pack.checksum, r->pack.count, r->pack.bytes},
	};

	return colleague_send(&r->colleague, &m);
}

static const struct fault *send_update(struct receive *r, const struct push_command *command)
{
	struct keep_message m = {.kind = KEEP_UPDATE};

	m.update.old_oid = command->old_oid;
	m.update.new_oid = command->new_oid;
	memcpy(m.update.name, command->name, strlen(command->name) + 1);
	return colleague_send(&r->colleague, &m);
}

static const struct fault *send_end(struct receive *r, uint32_t refused)
{
	struct keep_message m = {.kind = KEEP_STATS};

	m.stats.bytes = r->session->stream->bytes_in;
	m.stats.objects = r->pack.received;
	m.stats.refused = refused;
	memcpy(m.stats.agent, r->caps.agent, sizeof m.stats.agent);
	TRY(colleague_send(&r->colleague, &m));
	m.kind = KEEP_DONE;
	TRY(colleague_send(&r->colleague, &m));
	return colleague_flush(&r->colleague);
}

static const struct fault *send_all(struct receive *r)
{
	uint32_t refused = 0;
	bool needs_pack = false;

	for (size_t i = 0; i < r->count; i++) {
		refused += r->commands[i].refusal != NULL;
		needs_pack |= !r->commands[i].refusal && !command_deletes(&r->commands[i]);
	}
	if (r->pack.count && needs_pack)
		TRY(send_pack(r));
	for (size_t i = 0; i < r->count; i++)
		if (!r->commands[i].refusal)
			TRY(send_update(r, &r->commands[i]));
	return send_end(r, refused);
}

static const struct fault *hear_code(struct receive *r, enum keep_kind kind, enum keep_code *code)
{
	struct keep_message m;

	TRY(colleague_receive(&r->colleague, &m));
	if (m.kind != kind)
		return &fault_keep_message;
	*code = m.code;
	return NULL;
}

static const struct fault *hear_result(struct receive *r, struct push_command *command)
{
	const char *words;
	enum keep_code code;

	TRY(hear_code(r, KEEP_RESULT, &code));
	command->refusal = keep_code_refusal(code);
	words = keep_code_remark(code);
	return words ? remark(&r->remarks, "%s: %s", words, command->name) : NULL;
}

static void nothing_unpacked(struct receive *r, const char *error)
{
	r->unpack_error = error;
	for (size_t i = 0; i < r->count; i++)
		if (!r->commands[i].refusal)
			r->commands[i].refusal = "unpacker error";
}

const struct fault *receive_ask(struct receive *r)
{
	enum keep_code code;

	TRY(send_all(r));
	TRY(hear_code(r, KEEP_UNPACKED, &code));
	if (keep_code_refusal(code)) {
		nothing_unpacked(r, keep_code_refusal(code));
		return NULL;
	}
	for (size_t i = 0; i < r->count; i++)
		if (!r->commands[i].refusal)
			TRY(hear_result(r, &r->commands[i]));
	return NULL;
}

/* --- telling ---------------------------------------------------------------------------------- */

static const struct fault *write_report(struct receive *r)
{
	struct buffer b = BUFFER_INIT;
	const struct fault *fault;

	report_unpack(&b, r->unpack_error);
	for (size_t i = 0; i < r->count; i++) {
		const struct push_command *command = &r->commands[i];
		if (command->refusal)
			report_ng(&b, command->name, command->refusal);
		else
			report_ok(&b, command->name);
	}
	pkt_flush(&b);
	fault = buffer_check(&b);
	if (!fault)
		fault = sideband_data(&r->sideband, b.bytes, b.len);
	buffer_free(&b);
	return fault;
}

const struct fault *receive_report(struct receive *r)
{
	r->session->told = true;
	if (r->caps.bits & CAP_REPORT_STATUS)
		TRY(write_report(r));
	return sideband_end(&r->sideband, true);
}
