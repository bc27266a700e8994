/* SPDX-License-Identifier: ISC */
/*
 * cell/serve.c: the life of a connection. serve_connection() is the architecture: each of its lines
 * is a stage, and what a line needs, the lines before it made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cell/boot.h"
#include "cell/colleagues.h"
#include "cell/log.h"
#include "cell/open.h"
#include "cell/policy.h"
#include "cell/sandbox.h"
#include "cell/serve.h"
#include "cell/slots.h"
#include "cell/whoami.h"

/* A peer that was told why it is refused gets this long to read it. */
#define FAREWELL_MS 500

struct cell {
	const struct options *options;
	struct boot boot;
	struct log log;
	struct policy *policy; /* NULL in direct mode */
	struct peer *peer;     /* whom we serve */
	struct peer *relay;    /* who speaks for them, or NULL */
	struct slot slot;
	int root; /* Landlock's border in stage request */
	struct fences fences;
	uint64_t started_ms;
	struct request request;
	bool has_request;
	struct grant *grant;
	struct repo repo;
	bool opened; /* the peer has its repository: from here on it may hear what is wrong with it
		      */
	struct session session;
	struct outcome outcome;
	struct ref_moves moves;
};

/* The one large thing: 128 KiB of buffers, in bss. */
static struct stream stream;

static bool may_lack_fences(const struct cell *cell)
{
	return cell->policy && policy_settings(cell->policy)->sandbox_optional;
}

/* --- stage boot: the policy, before any byte of the client
 * ---------------------------------------- */

static const struct fault *boot(struct cell *cell)
{
	const struct policy_settings *settings;

	TRY(policy_load(cell->options->config, &cell->policy, NULL, NULL));
	if (cell->options->root)
		TRY(policy_set_root(cell->policy, cell->options->root));
	settings = policy_settings(cell->policy);
	TRY(open_root(settings->root, &cell->root));
	stream.idle_ms = settings->idle_timeout_ms;
	stream.deadline_ms = cell->started_ms + settings->request_timeout_ms;
	return boot_death_timer(settings->session_timeout_ms);
}

/* --- who is it, and is there room
 * ------------------------------------------------------------------ */

static const struct fault *identify(struct cell *cell)
{
	TRY(peer_of_socket(FD_IN, &cell->peer));
	return policy_look_up(cell->policy, cell->peer);
}

static const struct fault *admit(struct cell *cell)
{
	const struct policy_settings *settings = policy_settings(cell->policy);
	uint64_t each =
		policy_is_relay(cell->policy, cell->peer) ? 0 : settings->connections_per_user;
	struct buffer who = BUFFER_INIT;
	const struct fault *fault;

	peer_describe(cell->peer, &who);
	fault = slots_take(settings->slots, settings->connections, each, peer_identity(cell->peer),
		peer_uid(cell->peer), buffer_cstr(&who), &cell->slot);
	buffer_free(&who);
	return fault;
}

/* The first filter: from here on the client is read, and privilege only shrinks. */
static const struct fault *close_the_door(struct cell *cell)
{
	uint64_t memory = cell->policy ? policy_settings(cell->policy)->memory : BOOT_MEMORY;

	TRY(boot_limits(memory));
	TRY(sandbox_prepare(&cell->fences));
	return sandbox_enter(STAGE_REQUEST, cell->root, may_lack_fences(cell), &cell->fences);
}

/* --- stage request
 * --------------------------------------------------------------------------------- */

static const struct fault *read_request(struct cell *cell)
{
	uint64_t session_ms = policy_settings(cell->policy)->session_timeout_ms;
	struct pkt pkt;

	TRY(stream_read_pkt(&stream, &pkt));
	if (pkt.kind == PKT_EOF)
		return &fault_hangup;
	if (pkt.kind != PKT_DATA)
		return &fault_request_syntax;
	TRY(request_parse(pkt.data, &cell->request));
	cell->has_request = true;
	cell->session.version = cell->request.version;
	stream.deadline_ms = session_ms ? cell->started_ms + session_ms : 0;
	return NULL;
}

/* From a relay the request says for whom it speaks, if the policy lets it. */
static const struct fault *hear_relay(struct cell *cell)
{
	if (!cell->request.user[0])
		return NULL;
	cell->relay = cell->peer;
	cell->peer = NULL;
	return policy_relayed(cell->policy, cell->relay, cell->request.user, &cell->peer);
}

static const struct fault *ask_policy(struct cell *cell)
{
	slot_serving(&cell->slot, cell->request.service, cell->request.version, cell->request.name,
		cell->relay ? cell->request.user : NULL);
	return policy_decide(cell->policy, cell->peer, cell->request.service, cell->request.name,
		&cell->grant, NULL);
}

static const struct fault *open_repository(struct cell *cell)
{
	int dir;

	TRY(open_granted(cell->root, cell->grant, &dir));
	close(cell->root);
	TRY(repo_open(&cell->repo, dir));
	cell->opened = true;
	return NULL;
}

static const struct fault *say_who(struct cell *cell)
{
	struct buffer lines = BUFFER_INIT;
	const struct fault *fault;

	whoami_format(cell->peer, &lines);
	fault = stream_write_buffer(&stream, &lines);
	buffer_free(&lines);
	return fault ? fault : stream_flush(&stream);
}

/* --- the record of a connection
 * ----------------------------------------------------------------------- */

typedef void use_record(const struct log *log, const struct log_record *record);

/* Describes what has happened so far, with FAULT at its end. */
static void with_record(struct cell *cell, const struct fault *fault, use_record *use)
{
	struct buffer who = BUFFER_INIT, relay = BUFFER_INIT;
	struct log_record record = {
		.uid = cell->peer ? peer_uid(cell->peer) : (uid_t)-1,
		.pid = cell->relay  ? peer_pid(cell->relay)
		       : cell->peer ? peer_pid(cell->peer)
				    : 0,
		.service = cell->has_request ? service_name(cell->request.service) : NULL,
		.repository = cell->has_request ? cell->request.name : NULL,
		.protocol = cell->has_request ? cell->request.version : -1,
		.fault = fault,
		.outcome = &cell->outcome,
		.moves = &cell->moves,
		.algo = cell->repo.algo,
		.bytes_in = stream.bytes_in,
		.bytes_out = stream.bytes_out,
		.ms = clock_ms() - cell->started_ms,
		.fences = &cell->fences,
	};

	if (cell->peer) {
		peer_describe(cell->peer, &who);
		record.who = buffer_cstr(&who);
	}
	if (cell->relay) {
		peer_describe(cell->relay, &relay);
		record.relay = buffer_cstr(&relay);
	}
	use(&cell->log, &record);
	buffer_free(&who);
	buffer_free(&relay);
}

/* Composed while it can be, for the handler that cannot. */
static void leave_last_words(const struct log *log, const struct log_record *record)
{
	struct buffer text = BUFFER_INIT;

	log_compose(log, record, &text);
	boot_last_words(text.bytes, text.len);
	buffer_free(&text);
}

/* --- stages fetch, parser and keeper
 * ---------------------------------------------------------------- */

static const struct fault *fetch(struct cell *cell)
{
	TRY(boot_no_more_processes());
	TRY(sandbox_enter(STAGE_FETCH, -1, may_lack_fences(cell), &cell->fences));
	TRY(upload_pack(&cell->session));
	return stream_flush(&stream);
}

static const struct fault *push(struct cell *cell)
{
	const struct colleagues_setup setup = {
		.rules = {.pack_bytes_max = grant_max_pack_size(cell->grant)},
		.allow_missing_fences = may_lack_fences(cell),
		.session_ms = cell->policy ? policy_settings(cell->policy)->session_timeout_ms : 0,
	};

	return colleagues_push(&setup, &cell->session, &cell->moves, &cell->fences);
}

static const struct fault *serve_granted(struct cell *cell)
{
	return grant_service(cell->grant) == SERVICE_UPLOAD_PACK ? fetch(cell) : push(cell);
}

static const struct fault *serve_connection(struct cell *cell)
{
	TRY(boot(cell));
	TRY(identify(cell));
	TRY(admit(cell));
	TRY(close_the_door(cell));
	TRY(read_request(cell));
	TRY(hear_relay(cell));
	if (cell->request.service == SERVICE_WHOAMI)
		return say_who(cell);
	TRY(ask_policy(cell));
	TRY(open_repository(cell));
	with_record(cell, &fault_shrank, leave_last_words);
	return serve_granted(cell);
}

/* The same for one directory, on standard input and output, as the user who runs us. */
static const struct fault *serve_directory(struct cell *cell)
{
	const struct options *options = cell->options;

	cell->session.version = protocol_version(cursor_over_text(cell->boot.git_protocol));
	stream.idle_ms = options->timeout_ms;
	TRY(peer_self(&cell->peer));
	TRY(open_path(options->dir, options->strict, &cell->root));
	TRY(policy_grant_self(cell->peer, options->service, options->dir, &cell->grant));
	TRY(close_the_door(cell));
	TRY(repo_open(&cell->repo, cell->root));
	return serve_granted(cell);
}

/* --- what the peer is told
 * ---------------------------------------------------------- */

/* Missing, forbidden and unreadable are one answer; what is wrong with our host is our own affair.
 */
static void tell_peer(struct cell *cell, const struct fault *fault)
{
	struct buffer text = BUFFER_INIT;
	char line[FAULT_LINE_MAX];
	bool closed = fault == &fault_access_denied || fault == &fault_no_such_repository ||
		      fault == &fault_request_name || fault == &fault_not_a_relay ||
		      fault->blame == BLAME_REPOSITORY;

	if (cell->session.told || fault == &fault_hangup)
		return;
	if (closed && !cell->opened)
		buffer_format(&text, "%s: /%s", fault_access_denied.text, cell->request.name);
	else if (fault->blame == BLAME_HOST || fault->blame == BLAME_US)
		buffer_text(&text, "the server cannot serve now; its log says why");
	else
		buffer_text(&text, fault_line(fault, line));
	stream_send_err(&stream, buffer_cstr(&text));
	buffer_free(&text);
	stream_drain(&stream, FAREWELL_MS);
}

/* Direct mode: the user is at the other end of standard error, as with git's own programs. The
 * filter stands by then, and stdio would ask more of the kernel than a write(). */
static void complain(const struct fault *fault)
{
	char line[FAULT_LINE_MAX], text[FAULT_LINE_MAX + 16];
	ssize_t ignored;

	snprintf(text, sizeof text, "fatal: %s\n", fault_line(fault, line));
	ignored = write(STDERR_FILENO, text, strlen(text));
	(void)ignored;
}

static int connection(struct cell *cell)
{
	const struct fault *fault = boot_connection(&cell->boot);

	if (fault) {
		complain(fault);
		return fault_exit_status(fault);
	}
	stream_init(&stream, FD_IN, FD_OUT);
	log_open(&cell->log, &cell->boot);
	fault = serve_connection(cell);
	if (fault)
		tell_peer(cell, fault);
	with_record(cell, fault, log_write);
	return fault_exit_status(fault);
}

static int directory(struct cell *cell)
{
	const struct fault *fault = boot_direct(&cell->boot);

	if (!fault) {
		stream_init(&stream, FD_IN, FD_OUT);
		fault = serve_directory(cell);
	}
	if (fault && fault->blame == BLAME_PEER)
		tell_peer(cell, fault);
	if (fault)
		complain(fault);
	return fault_exit_status(fault);
}

int serve(const struct options *options)
{
	static struct cell cell;

	cell.options = options;
	cell.started_ms = clock_ms();
	cell.session =
		(struct session){.stream = &stream, .repo = &cell.repo, .outcome = &cell.outcome};
	return options->mode == OPTIONS_DIRECT ? directory(&cell) : connection(&cell);
}
