/* SPDX-License-Identifier: ISC */
/*
 * cell/peer_names.c: names of users and groups, by NSS. Stage boot only: NSS loads modules, opens
 * sockets and reads configuration, none of which is left once a client has been heard.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include "base/cursor.h"
#include "base/mem.h"
#include "cell/peer_private.h"

const struct fault fault_peer_look_up = {BLAME_HOST, "cannot look a user or group up"};
const struct fault fault_peer_no_user = {BLAME_PEER, "no such user"};

#define NSS_BUFFER_FIRST ((size_t)4 << 10)
#define NSS_BUFFER_MAX ((size_t)4 << 20) /* a group can have many members */

union entry {
	struct passwd user;
	struct group group;
};

/* Looks ID or NAME up; strings are in ROOM. *FOUND: NULL, or the name inside ROOM. 0 or an errno.
 */
typedef int look_up(
	uint32_t id, const char *name, union entry *entry, char *room, size_t size, char **found);

static int user_by_id(
	uint32_t id, const char *name, union entry *entry, char *room, size_t size, char **found)
{
	struct passwd *user = NULL;
	int error = getpwuid_r(id, &entry->user, room, size, &user);

	(void)name;
	*found = user ? user->pw_name : NULL;
	return error;
}

static int user_by_name(
	uint32_t id, const char *name, union entry *entry, char *room, size_t size, char **found)
{
	struct passwd *user = NULL;
	int error = getpwnam_r(name, &entry->user, room, size, &user);

	(void)id;
	*found = user ? user->pw_name : NULL;
	return error;
}

static int group_by_id(
	uint32_t id, const char *name, union entry *entry, char *room, size_t size, char **found)
{
	struct group *group = NULL;
	int error = getgrgid_r(id, &entry->group, room, size, &group);

	(void)name;
	*found = group ? group->gr_name : NULL;
	return error;
}

/* How the manual pages say that "not found" may be reported. */
static bool means_not_found(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

/* *NAME_OUT is a copy of the name that was found, NULL if nothing was. */
static const struct fault *ask_nss(
	look_up *ask, uint32_t id, const char *name, union entry *entry, char **name_out)
{
	char *room = NULL, *found = NULL;
	int error = ERANGE;

	for (size_t size = NSS_BUFFER_FIRST; error == ERANGE && size <= NSS_BUFFER_MAX; size *= 2) {
		char *grown = realloc(room, size);
		if (!grown) {
			free(room);
			return &fault_memory;
		}
		room = grown;
		do
			error = ask(id, name, entry, room, size, &found);
		while (error == EINTR);
	}
	*name_out = found ? mem_text(found, strlen(found)) : NULL;
	if (found && !*name_out)
		error = ENOMEM;
	free(room);
	return found || means_not_found(error)
		       ? NULL
		       : fault_errno(&fault_peer_look_up, error, "the name service");
}

static const struct fault *look_up_user(struct peer *peer)
{
	union entry entry;

	TRY(ask_nss(user_by_id, peer->uid, NULL, &entry, &peer->user));
	if (!peer->user)
		peer->user = mem_text("", 0);
	return peer->user ? NULL : &fault_memory;
}

/* All names or none: half a set of groups must not look like the whole. */
static const struct fault *look_up_groups(struct peer *peer)
{
	char **names = mem_array(peer->group_count, sizeof *names);
	const struct fault *fault = names ? NULL : &fault_memory;
	union entry entry;
	size_t i;

	for (i = 0; !fault && i < peer->group_count; i++)
		fault = ask_nss(group_by_id, peer->groups[i], NULL, &entry, &names[i]);
	if (fault) {
		while (i > 0)
			free(names[--i]);
		free(names);
		return fault;
	}
	peer->group_names = names;
	return NULL;
}

/* A peer of these kinds has no uid of its own, so there is nothing to look up. */
static bool has_ids(const struct peer *peer)
{
	return peer->kind == PEER_LOCAL || peer->kind == PEER_SELF;
}

const struct fault *peer_look_up(struct peer *peer, bool users, bool groups)
{
	if (!has_ids(peer))
		return NULL;
	if (users && !peer->user)
		TRY(look_up_user(peer));
	if (groups && !peer->group_names)
		TRY(look_up_groups(peer));
	return NULL;
}

bool peer_names_known(const struct peer *peer, bool users, bool groups)
{
	return !has_ids(peer) || ((!users || peer->user) && (!groups || peer->group_names));
}

bool peer_in_group(const struct peer *peer, const char *name)
{
	for (size_t i = 0; peer->group_names && i < peer->group_count; i++)
		if (peer->group_names[i] && strcmp(peer->group_names[i], name) == 0)
			return true;
	return false;
}

/* The groups that a login of USER would have. */
static const struct fault *suppose_groups(struct peer *peer, gid_t gid)
{
	int count = 64;
	gid_t *groups = NULL;

	for (;;) {
		gid_t *grown = realloc(groups, (size_t)count * sizeof *groups);
		int had = count;
		if (!grown) {
			free(groups);
			return &fault_memory;
		}
		groups = grown;
		if (getgrouplist(peer->user, gid, groups, &count) >= 0)
			break;
		if (count <= had)
			count = had * 2;
	}
	peer_set_groups(peer, groups, (size_t)count, PEER_OVERFLOW_ID);
	return NULL;
}

static const struct fault *suppose_local(struct peer *peer, const char *user)
{
	struct cursor c = cursor_over_text(user);
	union entry entry;
	uint64_t uid;
	bool by_uid = cursor_decimal(&c, UINT32_MAX, &uid) && cursor_at_end(&c);

	peer->kind = PEER_LOCAL;
	TRY(ask_nss(by_uid ? user_by_id : user_by_name, by_uid ? (uint32_t)uid : 0, user, &entry,
		&peer->user));
	if (peer->user) {
		peer->uid = entry.user.pw_uid;
		return suppose_groups(peer, entry.user.pw_gid);
	}
	if (!by_uid)
		return fault_note(&fault_peer_no_user, "\"%s\"", user);
	peer->uid = (uid_t)uid;
	return NULL;
}

const struct fault *peer_supposed(const char *user, struct peer **out)
{
	const struct fault *fault = NULL;
	struct peer *peer = mem_array(1, sizeof *peer);

	if (!peer)
		return &fault_memory;
	peer->kind = PEER_ANONYMOUS;
	peer->uid = (uid_t)-1;
	if (strcmp(user, "anonymous") != 0)
		fault = suppose_local(peer, user);
	if (!fault && peer->kind == PEER_LOCAL &&
		(peer->uid == PEER_OVERFLOW_ID || peer->uid == (uid_t)-1))
		fault = fault_note(&fault_peer_unmapped, "uid %u", (unsigned)peer->uid);
	if (!fault)
		fault = peer_look_up(peer, true, true);
	if (fault)
		peer_free(peer);
	else
		*out = peer;
	return fault;
}
