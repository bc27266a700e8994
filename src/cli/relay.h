/* SPDX-License-Identifier: ISC */
/*
 * cli/relay.h: a client's way to the server's socket: connect, send the opening request, carry
 * bytes both ways. What gitcell-shell and git-remote-gitcell share; neither looks into the bytes.
 */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include "wire/request.h"

extern const struct fault fault_relay_connect; /* host; the note names socket and reason */
extern const struct fault fault_relay_io;      /* host */

/* $GITCELL_SOCKET, or where gitcell.socket listens. */
const char *relay_socket_path(void);

/* Connects to the Unix socket PATH of any length. */
const struct fault *relay_connect(const char *path, int *fd) MUST_USE;

/* Sends the opening request; VERSION as in wire/request.h, USER may be NULL. */
const struct fault *relay_request(
	int fd, enum service service, const char *path, int version, const char *user) MUST_USE;

/*
 * Copies stdin to FD and FD to stdout until the server has closed its side. The end of stdin is
 * passed on as a half-close: after a pack git closes its side and waits for the report.
 */
const struct fault *relay_run(int fd) MUST_USE;

#endif
