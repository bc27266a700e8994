/* SPDX-License-Identifier: ISC */
/* cli/cmd_check.c: "gitcell check": in which order things are looked at, and the verdict. */
#include "cell/fence.h"
#include "cli/check.h"
#include "cli/fences.h"
#include "cli/options.h"

static void check_all(struct check *check, const char *config)
{
	struct policy *policy = NULL;

	check_kernel(check);
	check_policy(check, config, &policy);
	if (!policy)
		return;
	check_names(check, policy);
	check_root(check, policy_settings(policy)->root);
	policy_free(policy);
}

static void print_json(const struct check *check, struct buffer *out)
{
	struct json json = {.out = out};

	json_object(&json, NULL);
	json_number(&json, "repositories", check->repositories);
	json_number(&json, "landlock_abi", (uint64_t)landlock_offered());
	json_bool(&json, "seccomp", seccomp_offered());
	findings_write(&check->findings, &json);
	json_end_object(&json);
	json_newline(&json);
}

static void print_text(const struct check *check, struct buffer *out)
{
	size_t problems = check->findings.count;

	findings_print(&check->findings, out);
	buffer_format(out, "%zu repositor%s, Landlock ABI %d, seccomp %s: ", check->repositories,
		check->repositories == 1 ? "y" : "ies", landlock_offered(),
		seccomp_offered() ? "yes" : "no");
	if (problems)
		buffer_format(out, "%zu problem%s\n", problems, problems == 1 ? "" : "s");
	else
		buffer_text(out, "no problems\n");
}

int cmd_check(const struct command *self, int argc, char **argv)
{
	const char *config = NULL;
	bool json = false;
	struct check check = {.root_fd = -1};
	struct buffer out = BUFFER_INIT;
	char **operands;
	int status;
	const struct option_row rows[] = {
		OPTION_CONFIG(&config),
		OPTION_JSON(&json),
	};

	if (!options_read(self, ROWS(rows), argc, argv, 0, 0, &operands, &status))
		return status;
	check_all(&check, config);
	if (json)
		print_json(&check, &out);
	else
		print_text(&check, &out);
	status = check.findings.count ? CLI_NO : CLI_OK;
	findings_free(&check.findings);
	return cli_finish(&out, status);
}
