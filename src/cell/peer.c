/* SPDX-License-Identifier: ISC */
/*
 * cell/peer.c: the peer of a socket. Stage boot; trusts the kernel, and nothing that a client says.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/cursor.h"
#include "base/mem.h"
#include "cell/peer_private.h"

const struct fault fault_peer_unmapped = {BLAME_POLICY,
	"your user is not known on this side (a user namespace that is not mapped here?)"};
const struct fault fault_peer_socket = {BLAME_HOST, "cannot ask the kernel who the peer is"};

/* The number in /proc/sys/kernel/NAME; the kernel's default when there is no /proc. */
static uint32_t overflow_id(const char *path)
{
	char text[32];
	struct cursor c;
	uint64_t id;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return PEER_OVERFLOW_ID;
	len = read(fd, text, sizeof text);
	close(fd);
	c = cursor_over(text, len > 0 ? (size_t)len : 0);
	return cursor_decimal(&c, UINT32_MAX, &id) ? (uint32_t)id : PEER_OVERFLOW_ID;
}

static bool is_unmapped(uid_t uid)
{
	return uid == (uid_t)-1 || uid == PEER_OVERFLOW_ID ||
	       uid == overflow_id("/proc/sys/kernel/overflowuid");
}

static int by_number(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return (x > y) - (x < y);
}

void peer_set_groups(struct peer *peer, gid_t *groups, size_t count, gid_t overflow_gid)
{
	size_t kept = 0;

	qsort(groups, count, sizeof *groups, by_number);
	for (size_t i = 0; i < count; i++) {
		bool again = kept && groups[kept - 1] == groups[i];
		if (!again && groups[i] != overflow_gid && groups[i] != (gid_t)-1)
			groups[kept++] = groups[i];
	}
	peer->groups = groups;
	peer->group_count = kept;
}

static gid_t overflow_gid(void)
{
	return overflow_id("/proc/sys/kernel/overflowgid");
}

/* Supplementary groups as they were at connect(), and GID in front. */
static const struct fault *read_groups(int fd, gid_t gid, gid_t **out, size_t *count)
{
	socklen_t bytes = 32 * sizeof(gid_t);
	gid_t *groups = NULL;

	for (;;) {
		gid_t *grown = realloc(groups, sizeof(gid_t) + bytes);
		if (!grown) {
			free(groups);
			return &fault_memory;
		}
		groups = grown;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups + 1, &bytes) == 0)
			break;
		/* ERANGE tells how many bytes there are: at most NGROUPS_MAX (65536) groups */
		if (errno != ERANGE || bytes > 65536 * sizeof(gid_t)) {
			free(groups);
			return fault_errno(&fault_peer_socket, errno, "SO_PEERGROUPS");
		}
	}
	groups[0] = gid;
	*out = groups;
	*count = 1 + bytes / sizeof(gid_t);
	return NULL;
}

static const struct fault *local_peer(int fd, struct peer *peer)
{
	struct ucred who;
	socklen_t len = sizeof who;
	gid_t *groups;
	size_t count;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return fault_errno(&fault_peer_socket, errno, "SO_PEERCRED");
	if (is_unmapped(who.uid))
		return fault_note(&fault_peer_unmapped, "uid %u", (unsigned)who.uid);
	TRY(read_groups(fd, who.gid, &groups, &count));
	peer->kind = PEER_LOCAL;
	peer->uid = who.uid;
	peer->pid = who.pid;
	peer_set_groups(peer, groups, count, overflow_gid());
	return NULL;
}

/* FNV-1a: spreads addresses over 32 bits; two that meet merely share a limit. */
static uint32_t hash_bytes(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 16777619u;
	return hash;
}

/* Whatever the address family: there is no identity, only an address for the log and the limits. */
static void anonymous_peer(int fd, struct peer *peer)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_vm vm;
		struct sockaddr_storage room;
	} from = {.any.sa_family = AF_UNSPEC};
	socklen_t len = sizeof from;

	peer->kind = PEER_ANONYMOUS;
	peer->uid = (uid_t)-1;
	if (getpeername(fd, &from.any, &len) < 0)
		return;
	if (from.any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &from.in.sin_addr, peer->address, sizeof peer->address);
		peer->address_hash = hash_bytes(&from.in.sin_addr, sizeof from.in.sin_addr);
	} else if (from.any.sa_family == AF_INET6) {
		bool mapped = IN6_IS_ADDR_V4MAPPED(&from.in6.sin6_addr);
		inet_ntop(AF_INET6, &from.in6.sin6_addr, peer->address, sizeof peer->address);
		peer->address_hash = hash_bytes(&from.in6.sin6_addr, mapped ? 16 : 8);
	} else if (from.any.sa_family == AF_VSOCK) {
		struct buffer text = {.limit = PEER_ADDRESS_MAX - 1};
		buffer_format(&text, "vsock %u", from.vm.svm_cid);
		memcpy(peer->address, buffer_cstr(&text), text.len + 1);
		buffer_free(&text);
		peer->address_hash = hash_bytes(&from.vm.svm_cid, sizeof from.vm.svm_cid);
	}
}

const struct fault *peer_of_socket(int fd, struct peer **out)
{
	const struct fault *fault = NULL;
	struct peer *peer;
	int domain;
	socklen_t len = sizeof domain;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0)
		return fault_errno(&fault_peer_socket, errno, "SO_DOMAIN");
	peer = mem_array(1, sizeof *peer);
	if (!peer)
		return &fault_memory;
	/* on other sockets SO_PEERCRED succeeds as well, and says uid -1 */
	if (domain == AF_UNIX)
		fault = local_peer(fd, peer);
	else
		anonymous_peer(fd, peer);
	if (fault)
		peer_free(peer);
	else
		*out = peer;
	return fault;
}

const struct fault *peer_self(struct peer **out)
{
	int count = getgroups(0, NULL);
	struct peer *peer = mem_array(1, sizeof *peer);
	gid_t *groups = mem_array((size_t)(count > 0 ? count : 0) + 1, sizeof *groups);

	if (count > 0 && groups)
		count = getgroups(count, groups + 1);
	if (!peer || !groups || count < 0) {
		free(peer);
		free(groups);
		return count < 0 ? fault_errno(&fault_peer_socket, errno, "getgroups")
				 : &fault_memory;
	}
	groups[0] = getegid();
	peer->kind = PEER_SELF;
	peer->uid = geteuid();
	peer->pid = getppid(); /* whoever ran us */
	peer_set_groups(peer, groups, (size_t)count + 1, overflow_gid());
	*out = peer;
	return NULL;
}

static bool may_be_user_name(const char *user)
{
	static const char others[] = "_.-@+$\\";
	struct cursor c = cursor_over_text(user);
	uint8_t byte;

	if (!*user || strlen(user) > PEER_USER_MAX || strchr("-@+$\\", *user))
		return false;
	while (cursor_u8(&c, &byte)) {
		bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
		if (!letter && !(byte >= '0' && byte <= '9') && !strchr(others, byte))
			return false;
	}
	return true;
}

const struct fault *peer_of_relay(const struct peer *relay, const char *user, struct peer **out)
{
	struct peer *peer;

	if (!may_be_user_name(user))
		return fault_note(&fault_peer_no_user, "\"%s\"", user);
	peer = mem_array(1, sizeof *peer);
	if (!peer)
		return &fault_memory;
	peer->kind = PEER_RELAYED;
	peer->uid = relay->uid;
	peer->pid = relay->pid;
	peer->user = mem_text(user, strlen(user));
	if (!peer->user) {
		free(peer);
		return &fault_memory;
	}
	*out = peer;
	return NULL;
}

void peer_free(struct peer *peer)
{
	if (!peer)
		return;
	for (size_t i = 0; peer->group_names && i < peer->group_count; i++)
		free(peer->group_names[i]);
	free(peer->group_names);
	free(peer->groups);
	free(peer->user);
	free(peer);
}

enum peer_kind peer_kind(const struct peer *peer)
{
	return peer->kind;
}

uid_t peer_uid(const struct peer *peer)
{
	return peer->uid;
}

pid_t peer_pid(const struct peer *peer)
{
	return peer->pid;
}

const char *peer_user(const struct peer *peer)
{
	return peer->user ? peer->user : "";
}

const char *peer_address(const struct peer *peer)
{
	return peer->address;
}

bool peer_in_gid(const struct peer *peer, gid_t gid)
{
	return peer->group_count &&
	       bsearch(&gid, peer->groups, peer->group_count, sizeof gid, by_number);
}

uint64_t peer_identity(const struct peer *peer)
{
	if (peer->kind == PEER_ANONYMOUS)
		return (UINT64_C(1) << 32) + peer->address_hash;
	return peer->uid;
}

void peer_describe(const struct peer *peer, struct buffer *out)
{
	if (peer->kind == PEER_ANONYMOUS)
		buffer_format(out, "anonymous%s%s", *peer->address ? " " : "", peer->address);
	else if (peer->user && *peer->user)
		buffer_text(out, peer->user);
	else
		buffer_format(out, "uid %u", (unsigned)peer->uid);
}
