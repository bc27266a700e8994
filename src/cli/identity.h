/* SPDX-License-Identifier: ISC */
/*
 * cli/identity.h: the server's answer to "gitcell whoami", as cell/whoami.h formats it. Memory
 * only; the socket may be anybody's.
 */
#ifndef CLI_IDENTITY_H
#define CLI_IDENTITY_H

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/fault.h"

#define IDENTITY_ANSWER_MAX ((size_t)8 << 20) /* 65536 groups with long names */
#define IDENTITY_TEXT_MAX 255

struct identity_group {
	uint32_t gid;
	char name[IDENTITY_TEXT_MAX + 1]; /* "": not known */
};

struct identity {
	char kind[IDENTITY_TEXT_MAX + 1];
	char user[IDENTITY_TEXT_MAX + 1];    /* "": not known */
	char address[IDENTITY_TEXT_MAX + 1]; /* "": none */
	bool has_uid;
	uint32_t uid;
	struct identity_group *groups;
	size_t group_count, group_cap;
};

extern const struct fault fault_identity; /* peer: not an answer, or an ERR line, which is noted */

/* Reads the whole ANSWER, with its flush-pkt; words that are not known are left for later. */
const struct fault *identity_read(struct identity *identity, struct cursor answer) MUST_USE;
void identity_free(struct identity *identity);

#endif
