/* SPDX-License-Identifier: ISC */
/* cell/peer_private.h: what a peer is made of; for cell/peer*.c, whoami.c and their tests. */
#ifndef CELL_PEER_PRIVATE_H
#define CELL_PEER_PRIVATE_H

#include "cell/peer.h"

#define PEER_ADDRESS_MAX 64

struct peer {
	enum peer_kind kind;
	uid_t uid;
	pid_t pid;
	gid_t *groups; /* sorted; the primary one among them, overflow groups left out */
	size_t group_count;
	char *user;         /* NULL: not looked up */
	char **group_names; /* as many as there are groups, each may be NULL; NULL: not looked up */
	uint32_t address_hash;
	char address[PEER_ADDRESS_MAX];
};

/* Takes GROUPS, sorts it and drops doubles and OVERFLOW_GID. */
void peer_set_groups(struct peer *peer, gid_t *groups, size_t count, gid_t overflow_gid);

#endif
