/* SPDX-License-Identifier: ISC */
/*
 * wire/request.h: the opening request, as git-daemon(1) defined it (gitprotocol-pack(5), "Git
 * Transport"): "git-upload-pack /path\0host=name:port\0\0version=2\0".
 */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "base/cursor.h"
#include "base/fault.h"

#define REQUEST_MAX 4096         /* bytes of the pkt-line's payload */
#define REPOSITORY_NAME_MAX 1024 /* bytes of a repository's name */
#define USER_NAME_MAX 64

enum service {
	SERVICE_UPLOAD_PACK,
	SERVICE_RECEIVE_PACK,
	SERVICE_WHOAMI, /* ours: whom the server takes the client for; names no repository */
};

struct request {
	enum service service;
	/*
	 * The canonical repository name: no leading '/', components that are not empty, do not
	 * begin with '-', '.' or '~', do not end in ".git" and hold no control byte.
	 * Empty for SERVICE_WHOAMI, whose path is "/" or nothing.
	 */
	char name[REPOSITORY_NAME_MAX + 1];
	int version;                  /* 0, 1, 2: the highest that the extra parameters offer */
	char user[USER_NAME_MAX + 1]; /* "user=" extra parameter of a relay, or "" */
};

extern const struct fault fault_request_syntax;  /* peer */
extern const struct fault fault_request_service; /* peer: none of the services */
extern const struct fault fault_request_name;    /* peer; answered like a missing repository */

const struct fault *request_parse(struct cursor payload, struct request *out) MUST_USE;

/* The canonical form of a repository name as in struct request; fault_request_name if it has none.
 */
const struct fault *repository_name(struct cursor path, char out[REPOSITORY_NAME_MAX + 1]) MUST_USE;

/* The highest version in a colon-separated list as in GIT_PROTOCOL; unknown words are ignored. */
int protocol_version(struct cursor list);

/* "git-upload-pack", "git-receive-pack" or "gitcell-whoami". */
const char *service_name(enum service service);

/* One of git's own two, which is what ssh and git ask for. */
bool service_by_name(const struct cursor *word, enum service *out) MUST_USE;

/*
 * The command an ssh client asks for: "git-upload-pack 'path'", also "git upload-pack 'path'",
 * quoted as git quotes (' as '\'' and ! as '\!') or one bare word. Path is the unquoted word.
 */
const struct fault *ssh_command_parse(
	struct cursor command, enum service *service, char path[REQUEST_MAX]) MUST_USE;

/*
 * Appends the pkt-line of an opening request, as a client or relay sends it. HOST and USER may be
 * NULL. One over REQUEST_MAX marks the buffer with fault_too_big.
 */
struct buffer;
void request_format(struct buffer *b, enum service service, const char *path, const char *host,
	int version, const char *user);

#endif
