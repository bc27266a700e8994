/* SPDX-License-Identifier: ISC */
/* cell/policy_private.h: what a policy is made of; for cell/policy*.c alone. */
#ifndef CELL_POLICY_PRIVATE_H
#define CELL_POLICY_PRIVATE_H

#include "cell/policy.h"

enum rule_verb {
	RULE_READ,
	RULE_WRITE,
	RULE_DENY,
	RULE_VERBS,
};

/* The names of the keys, by enum rule_verb. */
extern const char *const rule_verbs[RULE_VERBS];

/* Whom a value names. */
struct who {
	enum who_kind {
		WHO_USER,      /* name: a user name */
		WHO_GROUP,     /* name: a group name */
		WHO_UID,       /* id */
		WHO_GID,       /* id */
		WHO_LOCAL,     /* every local user */
		WHO_ANONYMOUS, /* peers without an identity */
	} kind;
	uint32_t id;
	const char *name;
};

struct rule {
	enum rule_verb verb;
	struct who who;
	const char *value;   /* as written */
	const char *written; /* the pattern as written */
	const char *pattern; /* what is matched: without a leading '/' and a trailing ".git" */
	const char *file;
	unsigned line;
};

struct policy {
	struct policy_settings settings;
	struct rule *rules;
	size_t rule_count, rule_cap;
	struct who relays[POLICY_RELAYS_MAX];
	size_t relay_count;
	bool uses_users, uses_groups; /* names, that is */
	char **texts;                 /* every string that the policy owns */
	size_t text_count, text_cap;
};

/* A copy of TEXT that lives as long as the policy; NULL without memory. */
const char *policy_text(struct policy *policy, const char *text);

#endif
