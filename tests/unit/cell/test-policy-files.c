/* SPDX-License-Identifier: ISC */
/* policy files: order of the drop-ins, and which files are not to be trusted */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "cell/policy.h"

static int start_directory;
static char directory[] = "/tmp/gitcell-policy.XXXXXX";

static void put(const char *name, const char *text, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

/* The root that the policy says, or the fault. */
static const struct fault *load(const char *path, const char *root)
{
	struct policy *policy;

	TRY(policy_load(path, &policy, NULL, NULL));
	assert_string_equal(policy_settings(policy)->root, root);
	policy_free(policy);
	return NULL;
}

static void drop_ins_follow_the_file_in_the_order_of_their_names(void **state)
{
	(void)state;

	put_text("policy", "[gitcell]\nroot=/main\n");
	assert_ok(load("policy", "/main"));
	assert_int_equal(mkdir("policy.d", 0755), 0);
	assert_ok(load("policy", "/main"));
	put_text("policy.d/20.conf", "[gitcell]\nroot=/twenty\n");
	put_text("policy.d/10.conf", "[gitcell]\nroot=/ten\n");
	put_text("policy.d/30.conf~", "[gitcell]\nroot=/backup\n");
	put_text("policy.d/.hidden.conf", "[gitcell]\nroot=/hidden\n");
	put_text("policy.d/.conf", "[gitcell]\nroot=/noname\n");
	assert_ok(load("policy", "/twenty"));
	put_text("policy.d/20.conf", "[gitcell]\nroot=x\n");
	assert_fault(load("policy", ""), &fault_policy_file);
	assert_string_equal(fault_detail(&fault_policy_file),
		"policy.d/20.conf:2: root: give an absolute path");
	unlink("policy.d/20.conf");
	assert_ok(load("./policy", "/ten"));
}

static void count_problem(void *arg, const char *line)
{
	int *count = arg;

	assert_non_null(strstr(line, "policy"));
	++*count;
}

static void all_problems_of_all_files_are_told(void **state)
{
	struct policy *policy;
	int count = 0;
	(void)state;

	put_text("policy", "[gitcell]\nroot=/main\na=1\nb=2\n");
	put_text("policy.d/20.conf", "[gitcell\n");
	put_text("policy.d/30.conf", "");
	chmod("policy.d/30.conf", 0666);
	assert_fault(policy_load("policy", &policy, count_problem, &count), &fault_policy_file);
	assert_int_equal(count, 4);
	unlink("policy.d/20.conf");
	unlink("policy.d/30.conf");
	put_text("policy", "[gitcell]\nroot=/main\n");
}

static void a_file_that_others_can_write_is_refused(void **state)
{
	(void)state;

	chmod("policy", 0664);
	assert_fault(load("policy", ""), &fault_policy_access);
	assert_string_equal(fault_detail(&fault_policy_access),
		"policy can be written by others than its owner: chmod go-w");
	chmod("policy", 0646);
	assert_fault(load("policy", ""), &fault_policy_access);
	chmod("policy", 0640);
	assert_ok(load("policy", "/ten"));
	chmod(".", 0775);
	assert_fault(load("policy", ""), &fault_policy_access);
	chmod(".", 0755);
	chmod("policy.d", 0775);
	assert_fault(load("policy", ""), &fault_policy_access);
	chmod("policy.d", 0755);
	chmod("policy.d/10.conf", 0666);
	assert_fault(load("policy", ""), &fault_policy_access);
	chmod("policy.d/10.conf", 0644);
	assert_ok(load("policy", "/ten"));
}

static void a_file_of_another_user_is_refused(void **state)
{
	(void)state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown("policy", 1234, 0), 0);
	assert_fault(load("policy", ""), &fault_policy_access);
	assert_string_equal(fault_detail(&fault_policy_access),
		"policy belongs to uid 1234: it must belong to root (chown root)");
	assert_int_equal(chown("policy", 0, 0), 0);
	assert_int_equal(chown(".", 1234, 0), 0);
	assert_fault(load("policy", ""), &fault_policy_access);
	assert_int_equal(chown(".", 0, 0), 0);
}

static void what_is_not_a_regular_file_is_refused(void **state)
{
	(void)state;

	assert_fault(load("missing", ""), &fault_policy_access);
	assert_string_equal(
		fault_detail(&fault_policy_access), "missing: No such file or directory");
	assert_int_equal(symlink("policy", "link"), 0);
	assert_fault(load("link", ""), &fault_policy_access);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_fault(load("fifo", ""), &fault_policy_access);
	assert_fault(load("policy.d", ""), &fault_policy_access);
}

static void a_dangling_link_is_no_missing_directory(void **state)
{
	(void)state;

	assert_int_equal(rename("policy.d", "kept"), 0);
	assert_ok(load("policy", "/main"));
	assert_int_equal(symlink("nowhere", "policy.d"), 0);
	assert_fault(load("policy", ""), &fault_policy_access);
	unlink("policy.d");
	assert_int_equal(rename("kept", "policy.d"), 0);
}

/* As it is, and with every line that it shows behind a ';'. */
static void the_example_that_we_install_is_a_policy(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct buffer name = BUFFER_INIT, whole = BUFFER_INIT;
	struct policy *policy;
	char line[256];
	FILE *file;
	(void)state;

	assert_int_equal(fchdir(start_directory), 0);
	buffer_format(&name, "%s/units/policy.example", srcdir ? srcdir : ".");
	file = fopen(buffer_cstr(&name), "r");
	assert_int_equal(chdir(directory), 0);
	if (!file)
		skip();
	while (fgets(line, sizeof line, file))
		buffer_text(&whole, line + strspn(line, "\t;"));
	fclose(file);
	assert_ok(policy_new(&policy));
	assert_ok(policy_read_text(
		policy, "example", cursor_over(whole.bytes, whole.len), NULL, NULL));
	assert_string_equal(policy_settings(policy)->root, "/srv/git");
	policy_free(policy);
	buffer_free(&whole);
	buffer_free(&name);
}

static void sizes_and_numbers_of_files_are_limited(void **state)
{
	struct buffer text = BUFFER_INIT;
	char name[64];
	(void)state;

	for (size_t i = 0; i < POLICY_FILE_MAX; i++)
		buffer_byte(&text, '\n');
	put("policy.d/10.conf", (const char *)text.bytes, text.len);
	assert_ok(load("policy", "/main"));
	buffer_byte(&text, '\n');
	put("policy.d/10.conf", (const char *)text.bytes, text.len);
	assert_fault(load("policy", ""), &fault_policy_access);
	put_text("policy.d/10.conf", "");
	buffer_free(&text);

	for (int i = 1; i < POLICY_FILES_MAX - 1; i++) {
		snprintf(name, sizeof name, "policy.d/x%d.conf", i);
		put_text(name, "");
	}
	assert_ok(load("policy", "/main"));
	put_text("policy.d/y.conf", "");
	assert_fault(load("policy", ""), &fault_policy_access);
}

static int set_up(void **state)
{
	(void)state;
	umask(022);
	start_directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return !mkdtemp(directory) || chmod(directory, 0755) || chdir(directory);
}

static int tear_down(void **state)
{
	char name[64];
	(void)state;

	for (int i = 1; i < POLICY_FILES_MAX - 1; i++) {
		snprintf(name, sizeof name, "policy.d/x%d.conf", i);
		unlink(name);
	}
	unlink("policy.d/y.conf");
	unlink("policy.d/10.conf");
	unlink("policy.d/30.conf~");
	unlink("policy.d/.hidden.conf");
	unlink("policy.d/.conf");
	unlink("policy");
	unlink("link");
	unlink("fifo");
	return rmdir("policy.d") || chdir("/") || rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_ins_follow_the_file_in_the_order_of_their_names),
		cmocka_unit_test(all_problems_of_all_files_are_told),
		cmocka_unit_test(a_file_that_others_can_write_is_refused),
		cmocka_unit_test(a_file_of_another_user_is_refused),
		cmocka_unit_test(what_is_not_a_regular_file_is_refused),
		cmocka_unit_test(a_dangling_link_is_no_missing_directory),
		cmocka_unit_test(the_example_that_we_install_is_a_policy),
		cmocka_unit_test(sizes_and_numbers_of_files_are_limited),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
