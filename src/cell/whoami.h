/* SPDX-License-Identifier: ISC */
/*
 * cell/whoami.h: the answer to SERVICE_WHOAMI, gitcell-protocol(7): whom the server takes the
 * client for. Stage request; formats memory, looks nothing up.
 *
 * One pkt-line each, and a flush-pkt: "kind local|anonymous|relayed|self", "user NAME",
 * "uid N", "address TEXT", "group N" or "group N NAME" (repeated, the primary one among them).
 * What is not known is left out; names are known as far as the policy asks for them.
 */
#ifndef CELL_WHOAMI_H
#define CELL_WHOAMI_H

#include "base/buffer.h"
#include "cell/peer.h"

void whoami_format(const struct peer *peer, struct buffer *out);

#endif
