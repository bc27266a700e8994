/* SPDX-License-Identifier: ISC */
/*
 * cell/policy.h: who may do what, as the administrator wrote it; gitcell-policy(5).
 *
 * The policy is one file in git-config syntax and a directory of drop-ins beside it. It is read in
 * stage boot, before the first byte of the client; deciding looks at memory alone.
 *
 * The one rule: of all "read", "write" and "deny" lines
 *   - in a [repository "PATTERN"] section whose pattern matches the name of the repository,
 *   - whose value matches the peer,
 *   - that say something about what is asked: for a read all three, for a write "write" and "deny",
 * the LAST one decides, in the order in which they are read: the file, then the drop-ins by name.
 * If there is none, the answer is no. That is git's own "last one wins", and as in gitignore(5)
 * the general comes first and its exceptions follow.
 *
 * Only this module can make a struct grant, and without one no repository is opened.
 */
#ifndef CELL_POLICY_H
#define CELL_POLICY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/cursor.h"
#include "base/fault.h"
#include "cell/peer.h"
#include "wire/request.h"

#define POLICY_PATH SYSCONFDIR "/gitcell/policy" /* and POLICY_PATH ".d" for the drop-ins */

/* Limits: of one file, of all files, and of what may be set. */
#define POLICY_FILE_MAX ((size_t)1 << 20)
#define POLICY_FILES_MAX 256 /* the file itself and its drop-ins */
#define POLICY_RULES_MAX 20000
#define POLICY_RELAYS_MAX 16
#define POLICY_PATTERN_MAX 255 /* bytes; what a subsection may hold */
#define POLICY_TIMEOUT_MAX_MS (UINT64_C(30) * 86400 * 1000)
#define POLICY_REQUEST_TIMEOUT_MAX_MS (UINT64_C(3600) * 1000)
#define POLICY_CONNECTIONS_MAX 10000
#define POLICY_MEMORY_MIN (UINT64_C(64) << 20)
#define POLICY_SIZE_MAX (UINT64_C(1) << 50)

/* The [gitcell] section. Times in milliseconds, sizes in bytes. */
struct policy_settings {
	const char *root;              /* absolute; default /srv/git */
	const char *slots;             /* absolute; default RUNSTATEDIR/gitcell/slots */
	uint64_t request_timeout_ms;   /* default 10 s; at least 1 s */
	uint64_t idle_timeout_ms;      /* default 5 min; 0: none */
	uint64_t session_timeout_ms;   /* default 2 h; 0: none */
	uint64_t connections;          /* default 200; 0: nobody is counted */
	uint64_t connections_per_user; /* default 8; 0: no limit of each */
	uint64_t memory;               /* default 512 MiB */
	uint64_t max_pack_size;        /* of a push; default 4 GiB, 0: no limit */
	bool sandbox_optional;         /* default false: refuse to serve without a fence */
};

struct policy;
struct grant;

extern const struct fault
	fault_policy_file; /* host: the note is "FILE:LINE: what, and what to do" */
extern const struct fault fault_policy_access; /* host: the file is missing or not to be trusted */
/* policy: in the words that git-daemon(1) has for both, missing and forbidden */
extern const struct fault fault_access_denied;
extern const struct fault fault_not_a_relay; /* policy: "user=" from somebody who may not say it */

/* Told of each problem while a policy is read: one line, without LF, escaped. */
typedef void policy_problem(void *arg, const char *line);

/*
 * Reads the policy PATH (NULL: POLICY_PATH) and its drop-ins. Each file and its directory must
 * belong to root or to the user who runs us, and nobody else may be able to write to them. With
 * PROBLEM all problems are told and the first is returned; without it the first ends the reading.
 */
const struct fault *policy_load(
	const char *path, struct policy **out, policy_problem *problem, void *arg) MUST_USE;

/* The same in two steps, over memory: the defaults, then any number of texts called NAME. */
const struct fault *policy_new(struct policy **out) MUST_USE;
const struct fault *policy_read_text(struct policy *policy, const char *name, struct cursor text,
	policy_problem *problem, void *arg) MUST_USE;

void policy_free(struct policy *policy);

const struct policy_settings *policy_settings(const struct policy *policy);

/* --root: overrides what the files say. DIR must be absolute. */
const struct fault *policy_set_root(struct policy *policy, const char *dir) MUST_USE;

/* Looks up the names of PEER that the rules ask for, and no others; see peer_look_up(). */
const struct fault *policy_look_up(const struct policy *policy, struct peer *peer) MUST_USE;

/* May PEER say for whom it speaks? Relays are not held to connections_per_user. */
bool policy_is_relay(const struct policy *policy, const struct peer *peer);

/* The peer called USER, for whom RELAY speaks; fault_not_a_relay if it may not. */
const struct fault *policy_relayed(const struct policy *policy, const struct peer *relay,
	const char *user, struct peer **out) MUST_USE;

/* The line that decided. All strings live as long as the policy. */
struct decision {
	bool allowed;
	const char *file; /* NULL: no line matched */
	unsigned line;
	const char *key;     /* "read", "write" or "deny" */
	const char *value;   /* as written */
	const char *pattern; /* of its section, as written */
};

/*
 * May PEER ask SERVICE of the repository NAME (canonical, see wire/request.h)? *OUT is the grant,
 * or the result is fault_access_denied. WHY may be NULL. The names of the peer must have been
 * looked up; otherwise nothing is granted (fault_internal).
 */
const struct fault *policy_decide(const struct policy *policy, const struct peer *peer,
	enum service service, const char *name, struct grant **out, struct decision *why) MUST_USE;

/* Calls EACH for every line of every [repository], in order; "gitcell check" asks what they name.
 */
typedef void policy_line_visitor(void *arg, const struct decision *line);
void policy_each_line(const struct policy *policy, policy_line_visitor *each, void *arg);

/* Direct mode: PATH for the user who runs us (from peer_self()), as far as the kernel lets them. */
const struct fault *policy_grant_self(const struct peer *self, enum service service,
	const char *path, struct grant **out) MUST_USE;

const char *grant_name(const struct grant *grant); /* the canonical name, or direct mode's path */
enum service grant_service(const struct grant *grant);
uint64_t grant_max_pack_size(const struct grant *grant);
void grant_free(struct grant *grant);

#endif
