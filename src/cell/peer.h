/* SPDX-License-Identifier: ISC */
/*
 * cell/peer.h: who is at the other end, as the kernel says.
 *
 * Only this module can make a struct peer, and only from a socket (SO_PEERCRED, SO_PEERGROUPS),
 * from the process itself in direct mode, or from what a relay says of a peer it speaks for. Stage
 * boot: all of it runs before the first byte of the client is read, except peer_of_relay(), which
 * looks nothing up.
 */
#ifndef CELL_PEER_H
#define CELL_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buffer.h"
#include "base/fault.h"

enum peer_kind {
	PEER_LOCAL,     /* a Unix socket: uid, gid and groups of whoever called connect() */
	PEER_ANONYMOUS, /* any other socket: there is no identity */
	PEER_SELF,      /* direct mode: the user who runs this process */
	PEER_RELAYED,   /* a user name, said by a relay that the policy trusts; no uid, no groups */
};

struct peer;

/* What the kernel says for users that it cannot map; on most systems also the uid of "nobody". */
#define PEER_OVERFLOW_ID 65534u

/* policy: the peer lives in a user namespace that is not mapped here, or has no credentials */
extern const struct fault fault_peer_unmapped;
extern const struct fault fault_peer_socket;  /* host: getsockopt() failed */
extern const struct fault fault_peer_look_up; /* host: the user database failed (NSS) */
extern const struct fault fault_peer_no_user; /* peer: no such user */

/* The peer of the connected socket FD. The overflow uid and (uid_t)-1 are refused. */
const struct fault *peer_of_socket(int fd, struct peer **out) MUST_USE;

/* The invoking user, in direct mode. */
const struct fault *peer_self(struct peer **out) MUST_USE;

/*
 * Looks the name of the user (USERS) and the names of the groups (GROUPS) up by NSS, once. A uid or
 * gid without a name is no fault. Must be called first if the policy uses such names.
 */
const struct fault *peer_look_up(struct peer *peer, bool users, bool groups) MUST_USE;

/*
 * A peer that RELAY names; policy_relayed() has asked whether it may. USER must be of at most
 * PEER_USER_MAX bytes, and begin like a user name, with a letter, a digit, '_' or '.'.
 */
#define PEER_USER_MAX 64
const struct fault *peer_of_relay(
	const struct peer *relay, const char *user, struct peer **out) MUST_USE;

/*
 * The peer that USER would be: a name, a uid or "anonymous", with groups from the group database.
 * For "gitcell explain" only; nothing that serves a connection may call it.
 */
const struct fault *peer_supposed(const char *user, struct peer **out) MUST_USE;

void peer_free(struct peer *peer);

enum peer_kind peer_kind(const struct peer *peer);
uid_t peer_uid(const struct peer *peer); /* (uid_t)-1 for anonymous; the relay's for relayed */
pid_t peer_pid(const struct peer *peer); /* for the log only, never to decide; 0: not known */
const char *peer_user(const struct peer *peer);    /* "" while it is not known */
const char *peer_address(const struct peer *peer); /* of an anonymous one, "" otherwise */
bool peer_names_known(const struct peer *peer, bool users, bool groups);
bool peer_in_gid(const struct peer *peer, gid_t gid); /* the primary one too */
bool peer_in_group(const struct peer *peer, const char *name);

/* A number that is the same for all connections of one identity, below 2^33: the uid, or 2^32 plus
 * a hash of the address (the /64 of IPv6) of an anonymous one. */
uint64_t peer_identity(const struct peer *peer);

/* Appends what people call this peer: "alice", "uid 1000", "anonymous 127.0.0.1". As it is: to be
 * escaped where it is shown. */
void peer_describe(const struct peer *peer, struct buffer *out);

#endif
