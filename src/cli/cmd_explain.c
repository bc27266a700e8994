/* SPDX-License-Identifier: ISC */
/* cli/cmd_explain.c: "gitcell explain": the policy's own decision, by the server's own code. */
#include <string.h>
#include "cell/policy.h"
#include "cli/json.h"
#include "cli/options.h"

static const struct fault fault_verb = {BLAME_HOST, "not a verb"};

/* Git's words and the policy's. */
static const struct verb {
	const char *name, *policy_name;
	enum service service;
} verbs[] = {
	{"read", "read", SERVICE_UPLOAD_PACK},
	{"fetch", "read", SERVICE_UPLOAD_PACK},
	{"write", "write", SERVICE_RECEIVE_PACK},
	{"push", "write", SERVICE_RECEIVE_PACK},
};

struct question {
	const struct verb *verb;
	char name[REPOSITORY_NAME_MAX + 1];
	struct policy *policy;
	struct peer *peer;
	struct decision decision;
};

static const struct fault *find_verb(const char *name, const struct verb **out)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(verbs[i].name, name) == 0) {
			*out = &verbs[i];
			return NULL;
		}
	}
	return fault_note(&fault_verb, "\"%.64s\": give read or write", name);
}

/* A refusal is an answer here. */
static const struct fault *decide(struct question *question)
{
	struct grant *grant = NULL;
	const struct fault *fault = policy_decide(question->policy, question->peer,
		question->verb->service, question->name, &grant, &question->decision);

	if (!fault)
		grant_free(grant);
	return fault == &fault_access_denied ? NULL : fault;
}

static const struct fault *ask(struct question *question, const char *config, char **operands)
{
	TRY(find_verb(operands[1], &question->verb));
	TRY(repository_name(cursor_over_text(operands[2]), question->name));
	TRY(policy_load(config, &question->policy, NULL, NULL));
	TRY(peer_supposed(operands[0], &question->peer));
	TRY(policy_look_up(question->policy, question->peer));
	return decide(question);
}

static void print_text(const struct question *question, struct buffer *out)
{
	const struct decision *why = &question->decision;

	buffer_text(out, why->allowed ? "allowed: " : "denied: ");
	peer_describe(question->peer, out);
	buffer_format(out, " may %s%s ", why->allowed ? "" : "not ", question->verb->policy_name);
	cli_text(out, question->name);
	if (!why->file) {
		buffer_text(
			out, "\n  no line of the policy matches, and what none allows is denied\n");
		return;
	}
	buffer_text(out, "\n  ");
	cli_text(out, why->file);
	buffer_format(out, ":%u: [repository \"", why->line);
	cli_text(out, why->pattern);
	buffer_format(out, "\"] %s = ", why->key);
	cli_text(out, why->value);
	buffer_byte(out, '\n');
}

static void print_json(const struct question *question, struct buffer *out)
{
	const struct decision *why = &question->decision;
	struct buffer who = BUFFER_INIT;
	struct json json = {.out = out};

	peer_describe(question->peer, &who);
	json_object(&json, NULL);
	json_text(&json, "user", buffer_cstr(&who));
	json_text(&json, "verb", question->verb->policy_name);
	json_text(&json, "repository", question->name);
	json_bool(&json, "allowed", why->allowed);
	json_text(&json, "file", why->file);
	if (why->file)
		json_number(&json, "line", why->line);
	else
		json_null(&json, "line");
	json_text(&json, "pattern", why->pattern);
	json_text(&json, "key", why->key);
	json_text(&json, "value", why->value);
	json_end_object(&json);
	json_newline(&json);
	buffer_free(&who);
}

int cmd_explain(const struct command *self, int argc, char **argv)
{
	const char *config = NULL;
	bool json = false;
	struct question question = {0};
	struct buffer out = BUFFER_INIT;
	const struct fault *fault;
	char **operands;
	int status;
	const struct option_row rows[] = {
		OPTION_CONFIG(&config),
		OPTION_JSON(&json),
	};

	if (!options_read(self, ROWS(rows), argc, argv, 3, 3, &operands, &status))
		return status;
	fault = ask(&question, config, operands);
	if (!fault && json)
		print_json(&question, &out);
	else if (!fault)
		print_text(&question, &out);
	peer_free(question.peer);
	policy_free(question.policy);
	if (fault)
		return fault == &fault_verb ? (cli_fail(fault), CLI_USAGE) : cli_fail(fault);
	return cli_finish(&out, question.decision.allowed ? CLI_OK : CLI_NO);
}
