/* SPDX-License-Identifier: ISC */
/* cli/check.h: the parts of "gitcell check", one file each; all add to the findings. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include <sys/stat.h>
#include "cell/policy.h"
#include "cli/findings.h"

/* The user whom the repositories belong to and who serves them: the owner of the root. */
struct server_user {
	uid_t uid;
	gid_t gid; /* of the root */
};

struct check {
	struct findings findings;
	struct server_user user;
	const char *root;
	int root_fd;
	size_t repositories; /* that were looked at */
};

/* Reads the policy; *POLICY is NULL afterwards if it cannot be used. */
void check_policy(struct check *check, const char *config, struct policy **policy);

/* The users and groups it names. */
void check_names(struct check *check, const struct policy *policy);

/* The root, and each repository below it. */
void check_root(struct check *check, const char *root);

/* The repository PATH below check->root_fd. */
void check_repository(struct check *check, const char *path);

/* Whether this kernel has what the sandbox needs. */
void check_kernel(struct check *check);

/* May USER do all of ACCESS (of 4 read, 2 write, 1 enter) with what ST describes? */
bool user_may(const struct server_user *user, const struct stat *st, unsigned access);

#endif
