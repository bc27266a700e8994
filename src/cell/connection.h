/* SPDX-License-Identifier: ISC */
/*
 * cell/connection.h: all that is known of the connection being served; shared by serve.c, where it
 * is found out, and farewell.c, where it is told.
 */
#ifndef CELL_CONNECTION_H
#define CELL_CONNECTION_H

#include "cell/boot.h"
#include "cell/log.h"
#include "cell/options.h"
#include "cell/policy.h"
#include "cell/sandbox.h"
#include "cell/slots.h"
#include "serve/push.h"

struct connection {
	const struct options *options;
	uint64_t started_ms;
	struct boot boot;
	struct log log;
	struct stream *stream;
	struct policy *policy; /* NULL in direct mode */
	struct peer *peer;     /* whom we serve */
	struct peer *relay;    /* who speaks for them, or NULL */
	struct slot slot;
	int root; /* Landlock's border in stage request */
	struct fences fences;
	struct request request;
	bool has_request;
	struct grant *grant;
	struct repo repo;
	bool opened; /* the peer has its repository, and may hear what is wrong with it */
	struct session session;
	struct outcome outcome;
	struct ref_moves moves;
};

/* The end of CONNECTION: tells the peer of FAULT (NULL: all went well), as much of it as is the
 * peer's affair, and writes the line of the log. */
void farewell(struct connection *connection, const struct fault *fault);

/* The same in direct mode, whose user is at the other end of standard error. */
void farewell_direct(struct connection *connection, const struct fault *fault);

/* Composes the line that the log gets if a mapped file shrinks under us: the handler of SIGBUS can
 * only write what is ready. */
void farewell_prepare(struct connection *connection);

#endif
