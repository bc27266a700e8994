/* SPDX-License-Identifier: ISC */
/* serve/receive.h: what the files of receive_pack() share; nobody else includes it. */
#ifndef SERVE_RECEIVE_H
#define SERVE_RECEIVE_H

#include "repo/graph.h"
#include "repo/refs.h"
#include "serve/colleague.h"
#include "serve/index_pack.h"
#include "serve/push.h"
#include "serve/remarks.h"
#include "wire/receive.h"

/* One line of the client, and what came of it. */
struct push_command {
	struct oid old_oid;
	struct oid new_oid;
	char *name;
	const char *refusal; /* NULL: none so far; a constant text */
};

struct receive {
	struct session *session;
	const struct push_rules *rules;
	struct refs refs;
	struct odb *odb;
	struct graph graph;
	struct client_capabilities caps;
	struct push_command *commands;
	size_t count, cap;
	bool shallow;                     /* the client's history ends somewhere */
	struct index_result pack;         /* count is 0 if there is none */
	const char *unpack_error;         /* NULL: "unpack ok" */
	const struct fault *unpack_fault; /* why, if that is not the client's fault */
	struct remarks remarks;
	struct sideband sideband;
	struct colleague colleague;
};

extern const struct fault fault_push_commands; /* peer: over PUSH_COMMANDS_MAX */
extern const struct fault fault_object_format; /* peer */

static inline bool command_deletes(const struct push_command *command)
{
	return oid_is_null(&command->new_oid);
}

/* receive_commands.c: what is here, and what the client wants of it. */
const struct fault *receive_advertise(struct receive *r) MUST_USE;
const struct fault *receive_commands(struct receive *r) MUST_USE;

/* receive_objects.c: the pack, if one comes, and whether all is there that each command needs. */
const struct fault *receive_objects(struct receive *r) MUST_USE;

/* receive_report.c: asks the keeper, and tells the client. */
const struct fault *receive_ask(struct receive *r) MUST_USE;
const struct fault *receive_report(struct receive *r) MUST_USE;

#endif
