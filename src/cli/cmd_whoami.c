/* SPDX-License-Identifier: ISC */
/* cli/cmd_whoami.c: "gitcell whoami": asks the server's socket; trusts nothing it says. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include "cli/identity.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/relay.h"

#define ANSWER_TIMEOUT_MS 15000 /* between two pieces; a server that is busy says so sooner */
#define PIECE 4096

static const struct fault fault_no_answer = {BLAME_HOST, "the server does not answer"};

/* Reads until the server has closed its side. */
static const struct fault *read_answer(int fd, struct buffer *out)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};

	for (;;) {
		uint8_t *room = buffer_reserve(out, PIECE);
		ssize_t len;
		if (!room)
			return buffer_check(out);
		if (poll(&waiting, 1, ANSWER_TIMEOUT_MS) == 0)
			return fault_note(
				&fault_no_answer, "for %d seconds", ANSWER_TIMEOUT_MS / 1000);
		len = read(fd, room, PIECE);
		if (len < 0 && errno != EINTR && errno != ECONNRESET)
			return fault_errno(&fault_no_answer, errno, "read");
		if (len == 0 || (len < 0 && errno == ECONNRESET))
			return NULL;
		out->len += len > 0 ? (size_t)len : 0;
	}
}

static const struct fault *ask(struct identity *identity)
{
	struct buffer answer = {.limit = IDENTITY_ANSWER_MAX};
	const struct fault *fault;
	int fd;

	TRY(relay_connect(relay_socket_path(), &fd));
	fault = relay_request(fd, SERVICE_WHOAMI, "/", 0, NULL);
	if (!fault)
		fault = read_answer(fd, &answer);
	close(fd);
	if (!fault)
		fault = identity_read(identity, cursor_over(answer.bytes, answer.len));
	buffer_free(&answer);
	return fault;
}

static void print_who(const struct identity *identity, struct buffer *out)
{
	bool named = identity->user[0];

	if (!named && !identity->has_uid) {
		cli_text(out, identity->kind);
		buffer_text(out, identity->address[0] ? " " : "");
		cli_text(out, identity->address);
		return;
	}
	cli_text(out, identity->user);
	if (identity->has_uid)
		buffer_format(out, named ? " (uid %u)" : "uid %u", identity->uid);
	else
		buffer_text(out, " (a relay says so)");
}

/* "alice (uid 1000), groups staff, 27" */
static void print_text(const struct identity *identity, struct buffer *out)
{
	print_who(identity, out);
	for (size_t i = 0; i < identity->group_count; i++) {
		const struct identity_group *group = &identity->groups[i];
		buffer_text(out, i ? ", " : ", groups ");
		if (group->name[0])
			cli_text(out, group->name);
		else
			buffer_format(out, "%u", group->gid);
	}
	buffer_byte(out, '\n');
}

static void print_groups(const struct identity *identity, struct json *json)
{
	json_array(json, "groups");
	for (size_t i = 0; i < identity->group_count; i++) {
		const struct identity_group *group = &identity->groups[i];
		json_object(json, NULL);
		json_number(json, "gid", group->gid);
		json_text(json, "name", group->name[0] ? group->name : NULL);
		json_end_object(json);
	}
	json_end_array(json);
}

static void print_json(const struct identity *identity, struct buffer *out)
{
	struct json json = {.out = out};

	json_object(&json, NULL);
	json_text(&json, "kind", identity->kind);
	json_text(&json, "user", identity->user[0] ? identity->user : NULL);
	if (identity->has_uid)
		json_number(&json, "uid", identity->uid);
	else
		json_null(&json, "uid");
	json_text(&json, "address", identity->address[0] ? identity->address : NULL);
	print_groups(identity, &json);
	json_end_object(&json);
	json_newline(&json);
}

int cmd_whoami(const struct command *self, int argc, char **argv)
{
	bool json = false;
	struct identity identity = {.has_uid = false};
	struct buffer out = BUFFER_INIT;
	const struct fault *fault;
	char **operands;
	int status;
	const struct option_row rows[] = {OPTION_JSON(&json)};

	if (!options_read(self, ROWS(rows), argc, argv, 0, 0, &operands, &status))
		return status;
	fault = ask(&identity);
	if (!fault && json)
		print_json(&identity, &out);
	else if (!fault)
		print_text(&identity, &out);
	identity_free(&identity);
	return fault ? cli_fail(fault) : cli_finish(&out, CLI_OK);
}
