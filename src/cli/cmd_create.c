/* SPDX-License-Identifier: ISC */
/*
 * cli/cmd_create.c: "gitcell create": what a repository is made for, and for whom. The making
 * itself is in create.c.
 */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/refname.h"
#include "cell/policy.h"
#include "cli/create.h"
#include "cli/options.h"
#include "cli/repositories.h"

static const struct fault fault_owner = {BLAME_HOST, "cannot give it to that owner"};
static const struct fault fault_branch = {BLAME_HOST, "not the name of a branch"};

struct request_to_create {
	const char *config, *root, *owner, *branch;
	char name[REPOSITORY_NAME_MAX + 1];
};

/* As root the owner of the root gets it, as nobody else could serve it. */
static const struct fault *choose_owner(const char *owner, int root, struct creation *creation)
{
	struct passwd *user;
	struct stat st;

	if (fstat(root, &st) < 0)
		return fault_errno(&fault_cli_root, errno, "fstat");
	creation->give = owner || geteuid() == 0;
	creation->uid = st.st_uid;
	creation->gid = st.st_gid;
	if (!owner)
		return NULL;
	user = getpwnam(owner);
	if (!user)
		return fault_note(&fault_owner, "there is no user \"%.64s\"", owner);
	creation->uid = user->pw_uid;
	creation->gid = user->pw_gid;
	return NULL;
}

static const struct fault *check_branch(const char *branch, struct creation *creation)
{
	struct cursor name;

	buffer_format(&creation->head, "refs/heads/%s", branch);
	name = cursor_over(creation->head.bytes, creation->head.len);
	if (*branch == '-' || !refname_valid(name))
		return fault_note(&fault_branch, "\"%.200s\"", branch);
	return buffer_check(&creation->head);
}

static const struct fault *create(const struct request_to_create *wish)
{
	struct creation creation = {.name = wish->name};
	const struct fault *fault = root_open(wish->root, &creation.root);

	if (fault)
		return fault;
	fault = check_branch(wish->branch, &creation);
	if (!fault)
		fault = choose_owner(wish->owner, creation.root, &creation);
	if (!fault)
		fault = create_repository(&creation);
	close(creation.root);
	buffer_free(&creation.head);
	return fault;
}

static void print_made(const struct request_to_create *wish, struct buffer *out)
{
	buffer_text(out, "created ");
	cli_text(out, wish->root);
	buffer_byte(out, '/');
	cli_text(out, wish->name);
	buffer_text(out, ".git\ngit clone gitcell::");
	cli_text(out, wish->name);
	buffer_byte(out, '\n');
}

/* The policy is read for its root alone. */
static const struct fault *run(struct request_to_create *wish, const char *name, struct buffer *out)
{
	struct policy *policy = NULL;
	const struct fault *fault;

	TRY(repository_name(cursor_over_text(name), wish->name));
	if (!wish->root) {
		TRY(policy_load(wish->config, &policy, NULL, NULL));
		wish->root = policy_settings(policy)->root;
	}
	fault = create(wish);
	if (!fault)
		print_made(wish, out);
	policy_free(policy);
	return fault;
}

int cmd_create(const struct command *self, int argc, char **argv)
{
	struct request_to_create wish = {.branch = "main"};
	struct buffer out = BUFFER_INIT;
	const struct fault *fault;
	char **operands;
	int status;
	const struct option_row rows[] = {
		OPTION_CONFIG(&wish.config),
		{"root", "DIR", "below DIR, instead of the policy's root", .value = &wish.root},
		{"owner", "USER", "give it to USER, instead of the owner of the root",
			.value = &wish.owner},
		{"branch", "NAME", "what HEAD leads to, instead of main", .value = &wish.branch},
	};

	if (!options_read(self, ROWS(rows), argc, argv, 1, 1, &operands, &status))
		return status;
	fault = run(&wish, *operands, &out);
	return fault ? cli_fail(fault) : cli_finish(&out, CLI_OK);
}
