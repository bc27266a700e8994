/* SPDX-License-Identifier: ISC */
/* cell/whoami.c: a struct peer as text. Stage request; trusts what the stage boot found out. */
#include "cell/peer_private.h"
#include "cell/whoami.h"
#include "wire/pkt.h"

static const char *const kinds[] = {
	[PEER_LOCAL] = "local",
	[PEER_ANONYMOUS] = "anonymous",
	[PEER_SELF] = "self",
	[PEER_RELAYED] = "relayed",
};

static const char *group_name(const struct peer *peer, size_t i)
{
	return peer->group_names && peer->group_names[i] ? peer->group_names[i] : "";
}

/* A relayed peer has only its name: the uid beside it is the relay's. */
static bool has_uid(const struct peer *peer)
{
	return peer->kind == PEER_LOCAL || peer->kind == PEER_SELF;
}

void whoami_format(const struct peer *peer, struct buffer *out)
{
	pkt_format(out, "kind %s\n", kinds[peer->kind]);
	if (*peer_user(peer))
		pkt_format(out, "user %s\n", peer_user(peer));
	if (has_uid(peer))
		pkt_format(out, "uid %u\n", (unsigned)peer->uid);
	if (*peer->address)
		pkt_format(out, "address %s\n", peer->address);
	for (size_t i = 0; i < peer->group_count; i++) {
		const char *name = group_name(peer, i);
		pkt_format(
			out, "group %u%s%s\n", (unsigned)peer->groups[i], *name ? " " : "", name);
	}
	pkt_flush(out);
}
