/* SPDX-License-Identifier: ISC */
/* repo_open(): what is a repository, what is not, and what is refused by name */
#include <fcntl.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "tests/unit/repo/scratch.h"

static void a_bare_repository_and_a_work_tree_are_opened(void **state)
{
	struct repo repo;
	(void)state;

	run("git init -q --bare bare && git init -q work");
	assert_ok(open_repository(&repo, "bare"));
	assert_true(repo.config.bare && repo.algo == &hash_sha1);
	assert_ok(open_repository(&repo, "work"));
	assert_false(repo.config.bare);
	assert_ok(open_repository(&repo, "work/.git"));
	assert_false(repo.config.bare);
	assert_true(repo.config.deny_delete_current && repo.config.deny_current_branch);
	assert_false(repo.config.deny_deletes || repo.config.deny_non_fast_forwards);
}

static void any_descriptor_number_will_do(void **state)
{
	struct repo repo;
	(void)state;

	run("git init -q --bare bare && git init -q work");
	for (int number = FD_REPO - 1; number <= FD_REFS + 1; number++) {
		for (int work = 0; work < 2; work++) {
			int fd = open(work ? "work" : "bare", O_RDONLY | O_DIRECTORY);
			if (fd != number) {
				assert_int_equal(dup2(fd, number), number);
				close(fd);
			}
			assert_ok(repo_open(&repo, number));
			assert_refs_as_git(&repo, work ? "work" : "bare");
			if (number < FD_REPO || number > FD_REFS)
				assert_int_equal(close(number), -1);
			for (int placed = FD_REPO; placed <= FD_REFS; placed++)
				assert_int_equal(fcntl(placed, F_GETFD), FD_CLOEXEC);
		}
	}
}

static void what_is_no_repository_is_refused(void **state)
{
	static const char *const breakages[] = {
		"rm r/HEAD",
		"rm r/HEAD && mkfifo r/HEAD",
		"rm r/HEAD && mkdir r/HEAD",
		"rm r/HEAD && ln -s refs/heads/master r/HEAD",
		"rm r/HEAD && ln -s /dev/zero r/HEAD",
		"head -c 100000 /dev/zero >r/HEAD",
		"echo nonsense >r/HEAD",
		"echo 'ref: ../../etc/passwd' >r/HEAD",
		"rm -r r/objects",
		"rm -r r/objects/pack",
		"rm -r r/refs",
		"mv r/refs r/sfer && ln -s sfer r/refs",
		"mv r/objects r/stcejbo && ln -s stcejbo r/objects",
		"rm -r r/refs && mkfifo r/refs",
		"echo 'gitdir: elsewhere' >r/.git",
		"git init -q e && ln -s ../e/.git r/.git",
		"rm -r r/*",
	};
	struct repo repo;
	(void)state;

	for (size_t i = 0; i < sizeof breakages / sizeof *breakages; i++) {
		run("rm -rf r e && git init -q --bare r && %s", breakages[i]);
		assert_fault(open_repository(&repo, "r"), &fault_not_repository);
	}
}

static void git_init_mends_a_lost_pack_directory(void **state)
{
	struct repo repo;
	(void)state;

	run("git init -q --bare r && rm -r r/objects/pack && git init -q --bare r");
	assert_ok(open_repository(&repo, "r"));
}

static void formats_that_we_cannot_serve_are_refused_by_name(void **state)
{
	static const struct {
		const char *script, *note;
	} refused[] = {
		{"git config core.repositoryformatversion 2",
			"Expected git repo version <= 1, found 2"},
		{"git config transfer.hideRefs refs/secret",
			"config line 6: transfer.hiderefs cannot be honoured yet"},
		{"git config uploadpack.hideRefs refs/secret",
			"config line 6: uploadpack.hiderefs cannot be honoured yet"},
		{"git config receive.hideRefs refs/secret",
			"config line 6: receive.hiderefs cannot be honoured yet"},
		{"git config extensions.objectformat sha1",
			"repo version is 0, but v1-only extension found: objectformat=sha1"},
		{"git config core.repositoryformatversion 1; git config extensions.objectFormat "
		 "sha256",
			"extensions.objectformat=sha256 cannot be served yet"},
		{"git config core.repositoryformatversion 1; git config extensions.refStorage "
		 "reftable",
			"extensions.refstorage=reftable cannot be served yet"},
		{"git config core.repositoryformatversion 1; git config extensions.refStorage "
		 "files:///x",
			"extensions.refstorage=files:///x cannot be served yet"},
		{"git config extensions.frotz 1; git config core.repositoryformatversion 1",
			"unknown repository extension found: frotz=1"},
		{"echo /elsewhere >objects/info/alternates", "alternates are not allowed"},
		{"mkfifo objects/info/alternates", "alternates are not allowed"},
		{"ln -s /etc/passwd objects/info/alternates", "alternates are not allowed"},
		{"echo 0123456789012345678901234567890123456789 >shallow",
			"shallow repositories cannot be served yet"},
		{"echo '[core' >>config", NULL},
		{"git config core.bare perhaps", NULL},
	};
	struct repo repo;
	(void)state;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		run("rm -rf r; git init -q --bare r; cd r; %s", refused[i].script);
		assert_fault(open_repository(&repo, "r"), &fault_repository_format);
		if (refused[i].note)
			assert_string_equal(
				fault_detail(&fault_repository_format), refused[i].note);
	}
}

static void formats_that_we_know_are_served(void **state)
{
	static const char *const served[] = {
		"git config --unset core.repositoryformatversion",
		"rm config",
		": >config",
		"git config extensions.frotz 1",
		"git config --unset core.repositoryformatversion; git config "
		"extensions.objectformat x",
		"git config core.repositoryformatversion 1; git config extensions.objectformat "
		"sha1",
		"git config core.repositoryformatversion 1; git config extensions.refstorage files",
		"git config core.repositoryformatversion 1; git config extensions.preciousObjects "
		"true",
		": >objects/info/alternates",
		"git config include.path /dev/zero",
	};
	struct repo repo;
	(void)state;

	for (size_t i = 0; i < sizeof served / sizeof *served; i++) {
		run("rm -rf r; git init -q --bare r; cd r; %s", served[i]);
		assert_ok(open_repository(&repo, "r"));
		assert_true(repo.config.bare);
	}
}

static void a_config_that_is_no_plain_bounded_file_is_refused(void **state)
{
	static const char *const scripts[] = {
		"rm r/config && mkfifo r/config",
		"rm r/config && ln -s /dev/zero r/config",
		"truncate -s 1048577 r/config",
	};
	struct repo repo;
	(void)state;

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		run("rm -rf r && git init -q --bare r && %s", scripts[i]);
		assert_fault(open_repository(&repo, "r"), &fault_repository_read);
	}
	run("rm -rf r && git init -q --bare r && (cat r/config && head -c 1048576 /dev/zero | "
	    "tr '\\0' '\\n') | head -c 1048576 >c && mv c r/config");
	assert_ok(open_repository(&repo, "r"));
}

static void receive_keys_are_read(void **state)
{
	struct repo repo;
	(void)state;

	run("git init -q --bare r && cd r && git config receive.denyDeletes true && "
	    "git config receive.denyNonFastForwards 1 && git config receive.denyDeleteCurrent warn "
	    "&& "
	    "git config receive.denyCurrentBranch ignore");
	assert_ok(open_repository(&repo, "r"));
	assert_true(repo.config.deny_deletes && repo.config.deny_non_fast_forwards);
	assert_false(repo.config.deny_delete_current || repo.config.deny_current_branch);
	run("cd r && git config receive.denyCurrentBranch updateInstead && "
	    "git config receive.denyDeleteCurrent true && git config receive.denyDeletes no");
	assert_ok(open_repository(&repo, "r"));
	assert_true(repo.config.deny_delete_current && repo.config.deny_current_branch);
	assert_false(repo.config.deny_deletes);
}

static void the_work_tree_config_counts_where_it_is_enabled(void **state)
{
	struct repo repo;
	(void)state;

	run("git init -q --bare r && cd r && git config -f config.worktree receive.denyDeletes "
	    "true");
	assert_ok(open_repository(&repo, "r"));
	assert_false(repo.config.deny_deletes);
	run("cd r && git config extensions.worktreeConfig true");
	assert_ok(open_repository(&repo, "r"));
	assert_true(repo.config.deny_deletes);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_enter, scratch_leave)
	const struct CMUnitTest tests[] = {
		TEST(a_bare_repository_and_a_work_tree_are_opened),
		TEST(any_descriptor_number_will_do),
		TEST(what_is_no_repository_is_refused),
		TEST(git_init_mends_a_lost_pack_directory),
		TEST(formats_that_we_cannot_serve_are_refused_by_name),
		TEST(formats_that_we_know_are_served),
		TEST(a_config_that_is_no_plain_bounded_file_is_refused),
		TEST(receive_keys_are_read),
		TEST(the_work_tree_config_counts_where_it_is_enabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
