/* SPDX-License-Identifier: ISC */
/*
 * cell/serve.c: the life of a connection. serve_connection() is the architecture: each of its lines
 * is a stage, and what a line needs, the lines before it made.
 */
#include <unistd.h>
#include "cell/colleagues.h"
#include "cell/connection.h"
#include "cell/open.h"
#include "cell/serve.h"
#include "cell/whoami.h"

/* The one large thing: 128 KiB of buffers, in bss. */
static struct stream stream;

static bool may_lack_fences(const struct connection *c)
{
	return c->policy && policy_settings(c->policy)->sandbox_optional;
}

/* --- stage boot: the policy, before any byte of the client ----------------------------------- */

static const struct fault *boot(struct connection *c)
{
	const struct policy_settings *settings;

	TRY(policy_load(c->options->config, &c->policy, NULL, NULL));
	if (c->options->root)
		TRY(policy_set_root(c->policy, c->options->root));
	settings = policy_settings(c->policy);
	TRY(open_root(settings->root, &c->root));
	stream.idle_ms = settings->idle_timeout_ms;
	stream.deadline_ms = c->started_ms + settings->request_timeout_ms;
	return boot_death_timer(settings->session_timeout_ms);
}

/* --- who is it, and is there room ------------------------------------------------------------ */

static const struct fault *identify(struct connection *c)
{
	TRY(peer_of_socket(FD_IN, &c->peer));
	return policy_look_up(c->policy, c->peer);
}

static const struct fault *admit(struct connection *c)
{
	const struct policy_settings *settings = policy_settings(c->policy);
	uint64_t each = policy_is_relay(c->policy, c->peer) ? 0 : settings->connections_per_user;
	struct buffer who = BUFFER_INIT;
	const struct fault *fault;

	peer_describe(c->peer, &who);
	fault = slots_take(settings->slots, settings->connections, each, peer_identity(c->peer),
		peer_uid(c->peer), buffer_cstr(&who), &c->slot);
	buffer_free(&who);
	return fault;
}

/* The first filter: from here on the client is read, and privilege only shrinks. */
static const struct fault *close_the_door(struct connection *c)
{
	uint64_t memory = c->policy ? policy_settings(c->policy)->memory : BOOT_MEMORY;

	TRY(boot_limits(memory));
	TRY(sandbox_prepare(&c->fences));
	return sandbox_enter(STAGE_REQUEST, c->root, may_lack_fences(c), &c->fences);
}

/* --- stage request --------------------------------------------------------------------------- */

static const struct fault *read_request(struct connection *c)
{
	uint64_t session_ms = policy_settings(c->policy)->session_timeout_ms;
	struct pkt pkt;

	TRY(stream_read_pkt(&stream, &pkt));
	if (pkt.kind == PKT_EOF)
		return &fault_hangup;
	if (pkt.kind != PKT_DATA)
		return &fault_request_syntax;
	TRY(request_parse(pkt.data, &c->request));
	c->has_request = true;
	c->session.version = c->request.version;
	stream.deadline_ms = session_ms ? c->started_ms + session_ms : 0;
	return NULL;
}

/* From a relay the request says for whom it speaks, if the policy lets it. */
static const struct fault *hear_relay(struct connection *c)
{
	if (!c->request.user[0])
		return NULL;
	c->relay = c->peer;
	c->peer = NULL;
	return policy_relayed(c->policy, c->relay, c->request.user, &c->peer);
}

static const struct fault *ask_policy(struct connection *c)
{
	slot_serving(&c->slot, c->request.service, c->request.version, c->request.name,
		c->relay ? c->request.user : NULL);
	return policy_decide(
		c->policy, c->peer, c->request.service, c->request.name, &c->grant, NULL);
}

static const struct fault *open_repository(struct connection *c)
{
	int dir;

	TRY(open_granted(c->root, c->grant, &dir));
	close(c->root);
	TRY(repo_open(&c->repo, dir));
	c->opened = true;
	return NULL;
}

static const struct fault *say_who(struct connection *c)
{
	struct buffer lines = BUFFER_INIT;
	const struct fault *fault;

	whoami_format(c->peer, &lines);
	fault = stream_write_buffer(&stream, &lines);
	buffer_free(&lines);
	return fault ? fault : stream_flush(&stream);
}

/* --- stages fetch, parser and keeper --------------------------------------------------------- */

static const struct fault *fetch(struct connection *c)
{
	TRY(boot_no_more_processes());
	TRY(sandbox_enter(STAGE_FETCH, -1, may_lack_fences(c), &c->fences));
	TRY(upload_pack(&c->session));
	return stream_flush(&stream);
}

static const struct fault *push(struct connection *c)
{
	const struct colleagues_setup setup = {
		.rules = {.pack_bytes_max = grant_max_pack_size(c->grant)},
		.allow_missing_fences = may_lack_fences(c),
		.session_ms = c->policy ? policy_settings(c->policy)->session_timeout_ms : 0,
	};

	return colleagues_push(&setup, &c->session, &c->moves, &c->fences);
}

static const struct fault *serve_granted(struct connection *c)
{
	return grant_service(c->grant) == SERVICE_UPLOAD_PACK ? fetch(c) : push(c);
}

static const struct fault *serve_connection(struct connection *c)
{
	TRY(boot(c));
	TRY(identify(c));
	TRY(admit(c));
	TRY(close_the_door(c));
	TRY(read_request(c));
	TRY(hear_relay(c));
	if (c->request.service == SERVICE_WHOAMI)
		return say_who(c);
	TRY(ask_policy(c));
	TRY(open_repository(c));
	farewell_prepare(c);
	return serve_granted(c);
}

/* The same for one directory, on standard input and output, as the user who runs us. */
static const struct fault *serve_directory(struct connection *c)
{
	const struct options *options = c->options;

	c->session.version = protocol_version(cursor_over_text(c->boot.git_protocol));
	stream.idle_ms = options->timeout_ms;
	TRY(peer_self(&c->peer));
	TRY(open_path(options->dir, options->strict, &c->root));
	TRY(policy_grant_self(c->peer, options->service, options->dir, &c->grant));
	TRY(close_the_door(c));
	TRY(repo_open(&c->repo, c->root));
	return serve_granted(c);
}

static int connection(struct connection *c)
{
	const struct fault *fault = boot_connection(&c->boot);

	if (fault) {
		farewell_direct(c, fault);
		return fault_exit_status(fault);
	}
	stream_init(&stream, FD_IN, FD_OUT);
	log_open(&c->log, &c->boot);
	fault = serve_connection(c);
	farewell(c, fault);
	return fault_exit_status(fault);
}

static int directory(struct connection *c)
{
	const struct fault *fault = boot_direct(&c->boot);

	if (!fault) {
		stream_init(&stream, FD_IN, FD_OUT);
		fault = serve_directory(c);
	}
	farewell_direct(c, fault);
	return fault_exit_status(fault);
}

int serve(const struct options *options)
{
	static struct connection c;

	c.options = options;
	c.started_ms = clock_ms();
	c.stream = &stream;
	c.session = (struct session){.stream = &stream, .repo = &c.repo, .outcome = &c.outcome};
	return options->mode == OPTIONS_DIRECT ? directory(&c) : connection(&c);
}
