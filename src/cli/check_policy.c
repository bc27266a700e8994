/* SPDX-License-Identifier: ISC */
/* cli/check_policy.c: the policy, whom it names, and the kernel. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include "base/cursor.h"
#include "cell/fence.h"
#include "cell/policy_names.h"
#include "cli/check.h"
#include "cli/fences.h"

/* Splits "FILE:LINE: what" after the first ":LINE: "; false if there is none. */
static bool take_place(struct cursor *line, struct cursor *file, uint64_t *number)
{
	struct cursor rest = *line, before;

	while (cursor_until(&rest, ':', &before)) {
		struct cursor ahead = rest;
		if (cursor_decimal(&ahead, UINT32_MAX, number) && cursor_literal(&ahead, ": ")) {
			*file = (struct cursor){line->at, before.end};
			*line = ahead;
			return true;
		}
	}
	return false;
}

static void add_line(void *arg, const char *text)
{
	struct findings *findings = arg;
	struct cursor line = cursor_over_text(text), file;
	struct buffer name = BUFFER_INIT;
	uint64_t number;

	if (take_place(&line, &file, &number)) {
		buffer_append(&name, file.at, cursor_left(&file));
		findings_add(
			findings, buffer_cstr(&name), (unsigned)number, (const char *)line.at, "");
	} else {
		findings_add(findings, NULL, 0, text, "");
	}
	buffer_free(&name);
}

void check_policy(struct check *check, const char *config, struct policy **policy)
{
	const struct fault *fault = policy_load(config, policy, add_line, &check->findings);

	if (!fault)
		return;
	*policy = NULL;
	if (!check->findings.count)
		findings_add(&check->findings, config ? config : POLICY_PATH, 0, fault->text, "");
	findings_add(&check->findings, NULL, 0,
		"the repositories were not looked at: without a policy there is no root",
		"mend the policy first; until then every connection is refused");
}

static bool exists(const struct policy_name *name)
{
	errno = 0;
	return name->is_group ? getgrnam(name->name) != NULL : getpwnam(name->name) != NULL;
}

static void check_name(void *arg, const struct policy_name *name)
{
	struct findings *findings = arg;
	struct buffer problem = BUFFER_INIT;
	const char *kind = name->is_group ? "group" : "user";

	if (exists(name))
		return;
	buffer_format(&problem, "there is no %s \"%s\"%s", kind, name->name,
		name->file ? "" : ", which a relay line names");
	findings_add(findings, name->file, name->line, buffer_cstr(&problem),
		name->is_group ? "create it (groupadd --system), or correct the line"
			       : "create it (useradd), or correct the line");
	buffer_free(&problem);
}

void check_names(struct check *check, const struct policy *policy)
{
	policy_each_name(policy, check_name, &check->findings);
}

void check_kernel(struct check *check)
{
	int abi = landlock_offered();

	if (abi < LANDLOCK_ABI_LEAST)
		findings_add(&check->findings, NULL, 0,
			abi ? "this kernel's Landlock is of ABI 1, which is not enough"
			    : "this kernel offers no Landlock",
			"Linux 5.19 or later with CONFIG_SECURITY_LANDLOCK, and \"landlock\" in "
			"the "
			"boot parameter lsm=; or sandbox = optional in the policy");
	if (!seccomp_offered())
		findings_add(&check->findings, NULL, 0, "this kernel offers no seccomp filters",
			"a kernel with CONFIG_SECCOMP_FILTER; or sandbox = optional in the policy");
}
