/* SPDX-License-Identifier: ISC */
/*
 * cell/farewell.c: what the peer is told, and what the log. The last thing in any stage; whatever
 * came from a client or a repository is escaped on its way out.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cell/connection.h"
#include "cell/open.h"

/* A peer that was told why it is refused gets this long to read it. */
#define FAREWELL_MS 500

/* --- the peer -------------------------------------------------------------------------------- */

/* Missing, forbidden and unreadable are one answer. */
static bool is_closed(const struct connection *c, const struct fault *fault)
{
	return !c->opened && (fault == &fault_access_denied || fault == &fault_no_such_repository ||
				     fault == &fault_request_name || fault == &fault_not_a_relay ||
				     fault->blame == BLAME_REPOSITORY);
}

/* What is wrong with our host is our own affair. */
static void tell_peer(struct connection *c, const struct fault *fault)
{
	struct buffer text = BUFFER_INIT;
	char line[FAULT_LINE_MAX];

	if (c->session.told || fault == &fault_hangup)
		return;
	if (is_closed(c, fault))
		buffer_format(&text, "%s: /%s", fault_access_denied.text, c->request.name);
	else if (fault->blame == BLAME_HOST || fault->blame == BLAME_US)
		buffer_text(&text, "the server cannot serve now; its log says why");
	else
		buffer_text(&text, fault_line(fault, line));
	stream_send_err(c->stream, buffer_cstr(&text));
	buffer_free(&text);
	stream_drain(c->stream, FAREWELL_MS);
}

/* On standard error, by one write(): stdio would ask more of the kernel than a filter allows. */
static void complain(const struct fault *fault)
{
	char line[FAULT_LINE_MAX], text[FAULT_LINE_MAX + 16];
	ssize_t ignored;

	snprintf(text, sizeof text, "fatal: %s\n", fault_line(fault, line));
	ignored = write(STDERR_FILENO, text, strlen(text));
	(void)ignored;
}

/* --- the log --------------------------------------------------------------------------------- */

typedef void use_record(const struct log *log, const struct log_record *record);

static pid_t calling_process(const struct connection *c)
{
	const struct peer *caller = c->relay ? c->relay : c->peer;

	return caller ? peer_pid(caller) : 0;
}

/* Describes what has happened so far, with FAULT at its end. */
static void with_record(struct connection *c, const struct fault *fault, use_record *use)
{
	struct buffer who = BUFFER_INIT, relay = BUFFER_INIT;
	struct log_record record = {
		.uid = c->peer ? peer_uid(c->peer) : (uid_t)-1,
		.pid = calling_process(c),
		.service = c->has_request ? service_name(c->request.service) : NULL,
		.repository = c->has_request ? c->request.name : NULL,
		.protocol = c->has_request ? c->request.version : -1,
		.fault = fault,
		.outcome = &c->outcome,
		.moves = &c->moves,
		.algo = c->repo.algo,
		.bytes_in = c->stream->bytes_in,
		.bytes_out = c->stream->bytes_out,
		.ms = clock_ms() - c->started_ms,
		.fences = &c->fences,
	};

	if (c->peer) {
		peer_describe(c->peer, &who);
		record.who = buffer_cstr(&who);
	}
	if (c->relay) {
		peer_describe(c->relay, &relay);
		record.relay = buffer_cstr(&relay);
	}
	use(&c->log, &record);
	buffer_free(&who);
	buffer_free(&relay);
}

static void leave_last_words(const struct log *log, const struct log_record *record)
{
	struct buffer text = BUFFER_INIT;

	log_compose(log, record, &text);
	boot_last_words(text.bytes, text.len);
	buffer_free(&text);
}

void farewell(struct connection *c, const struct fault *fault)
{
	if (fault)
		tell_peer(c, fault);
	with_record(c, fault, log_write);
}

void farewell_direct(struct connection *c, const struct fault *fault)
{
	if (fault && fault->blame == BLAME_PEER)
		tell_peer(c, fault);
	if (fault)
		complain(fault);
}

void farewell_prepare(struct connection *c)
{
	with_record(c, &fault_shrank, leave_last_words);
}
