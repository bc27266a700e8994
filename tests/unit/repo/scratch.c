/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "tests/unit/repo/scratch.h"

static char directory[] = "/tmp/gitcell-test-XXXXXX";

int scratch_enter(void **state)
{
	static const char *const settings[][2] = {
		{"GIT_CONFIG_GLOBAL", "/dev/null"},
		{"GIT_CONFIG_SYSTEM", "/dev/null"},
		{"GIT_AUTHOR_NAME", "A"},
		{"GIT_AUTHOR_EMAIL", "a@example.com"},
		{"GIT_COMMITTER_NAME", "C"},
		{"GIT_COMMITTER_EMAIL", "c@example.com"},
		{"LC_ALL", "C"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		setenv(settings[i][0], settings[i][1], 1);
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	if (!mkdtemp(directory))
		return -1;
	return chdir(directory);
}

int scratch_leave(void **state)
{
	char command[128];
	(void)state;

	snprintf(command, sizeof command, "cd / && chmod -R u+w %s && rm -rf %s", directory,
		directory);
	return system(command);
}

static const char *read_output(const char *command)
{
	static char output[1 << 23];
	FILE *pipe = popen(command, "r");
	size_t len;

	assert_non_null(pipe);
	len = fread(output, 1, sizeof output - 1, pipe);
	output[len] = '\0';
	if (pclose(pipe) != 0)
		fail_msg("failed: %s\n%s", command, output);
	return output;
}

PRINTF_LIKE(1, 0) static const char *run_format(const char *script, va_list args)
{
	char command[8192] = "set -e; exec 2>&1; ";
	size_t len = strlen(command);

	vsnprintf(command + len, sizeof command - len, script, args);
	return read_output(command);
}

void run(const char *script, ...)
{
	va_list args;

	va_start(args, script);
	run_format(script, args);
	va_end(args);
}

const char *output_of(const char *script, ...)
{
	const char *output;
	va_list args;

	va_start(args, script);
	output = run_format(script, args);
	va_end(args);
	return output;
}

const struct fault *open_repository(struct repo *repo, const char *path)
{
	int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_true(dir >= 0);
	return repo_open(repo, dir);
}

static void assert_head_as_git(const struct refs *refs, const char *path)
{
	const char *symref = output_of("git -C %s symbolic-ref -q HEAD 2>/dev/null || true", path);
	char head[OID_MAX_HEX + 2], ours[OID_MAX_HEX + 2] = "";

	assert_int_equal(refs->head_is_symref, symref[0] != '\0');
	if (refs->head_is_symref)
		assert_memory_equal(refs->head_symref, symref, strlen(refs->head_symref));
	snprintf(head, sizeof head, "%.41s",
		output_of("git -C %s rev-parse -q --verify HEAD || true", path));
	if (refs->head_born)
		strcat(oid_hex(&refs->head, &hash_sha1, ours), "\n");
	assert_string_equal(ours, head);
}

void assert_refs_as_git(const struct repo *repo, const char *path)
{
	struct buffer ours = BUFFER_INIT;
	char hex[OID_MAX_HEX + 1];
	struct refs refs;

	assert_ok(refs_load(&refs, repo));
	for (size_t i = 0; i < refs.count; i++)
		buffer_format(&ours, "%s %s %s\n", oid_hex(&refs.list[i].oid, repo->algo, hex),
			refs.list[i].name, refs.list[i].symref ? refs.list[i].symref : "");
	assert_string_equal(buffer_cstr(&ours),
		output_of("git -C %s for-each-ref --format='%%(objectname) %%(refname) %%(symref)' "
			  "2>/dev/null",
			path));
	assert_head_as_git(&refs, path);
	buffer_free(&ours);
	refs_free(&refs);
}

struct oid oid_of(const char *path, const char *revision)
{
	const char *hex = output_of("git -C %s rev-parse --verify %s", path, revision);
	struct cursor c = cursor_over_text(hex);
	struct oid oid;

	assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
	return oid;
}
