/* SPDX-License-Identifier: ISC */
/*
 * kill -9 before each call that changes the repository: every state is legal for git, the next
 * transaction succeeds, and nothing is left behind. The linker puts the functions below in place of
 * libc's (--wrap), so that a child can die at its nth call.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "tests/unit/repo/scratch.h"
#include "repo/quarantine.h"
#include "repo/ref_transaction.h"

static int calls_left = -1; /* -1: nobody dies */

static void die_in_time(void)
{
	if (calls_left >= 0 && calls_left-- == 0)
		raise(SIGKILL);
}

#define WRAP(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		die_in_time();                                                                     \
		return __real_##name arguments;                                                    \
	}

WRAP(int, linkat, (int a, const char *b, int d, const char *e, int f), (a, b, d, e, f))
WRAP(int, renameat, (int a, const char *b, int d, const char *e), (a, b, d, e))
WRAP(int, unlinkat, (int a, const char *b, int d), (a, b, d))
WRAP(int, mkdirat, (int a, const char *b, mode_t d), (a, b, d))
WRAP(int, flock, (int a, int b), (a, b))
WRAP(int, fsync, (int a), (a))
WRAP(ssize_t, write, (int a, const void *b, size_t d), (a, b, d))

static struct oid c[3];
static struct repo repo;

static int enter(void **state)
{
	if (scratch_enter(state) < 0)
		return -1;
	run("git init -q -b main w; cd w; for i in 0 1 2; do git commit -q --allow-empty -m $i; "
	    "git tag c$i; done; cd ..; git clone -q --bare w pristine; cd pristine; "
	    "git branch packed c0; git branch both c0; git branch deep/er c0; git pack-refs --all; "
	    "git update-ref refs/heads/both c1; git update-ref refs/heads/loose c1");
	c[0] = oid_of("pristine", "c0");
	c[1] = oid_of("pristine", "c1");
	c[2] = oid_of("pristine", "c2");
	return 0;
}

/* Two updates of each kind. */
static const struct fault *transaction(bool *moved_all)
{
	static const struct oid none;
	struct ref_update updates[] = {
		{.name = "refs/heads/packed", .old_oid = c[0], .new_oid = none},
		{.name = "refs/heads/both", .old_oid = c[1], .new_oid = none},
		{.name = "refs/heads/loose", .old_oid = c[1], .new_oid = c[2]},
		{.name = "refs/heads/new/one", .old_oid = none, .new_oid = c[2]},
		{.name = "refs/heads/deep/er", .old_oid = c[0], .new_oid = c[2]},
	};
	const struct fault *fault = ref_transaction(&repo, updates, 5);

	*moved_all = true;
	for (size_t i = 0; i < 5; i++)
		*moved_all = *moved_all && !updates[i].refusal;
	return fault;
}

/* Runs it in a child that dies at its call number N; false if it came to its end before. */
static bool crash_at(int n)
{
	pid_t child = fork();
	int status;
	bool moved_all;

	if (child == 0) {
		calls_left = n;
		_exit(transaction(&moved_all) || !moved_all);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	return WIFSIGNALED(status);
}

/* Each ref is old or new: the words that git prints for it must be one of these. */
static void assert_old_or_new(void)
{
	run("cd r && git fsck --full --strict && git for-each-ref --format='%%(objectname) "
	    "%%(refname)' "
	    "refs/heads >../now && for ref in $(git for-each-ref "
	    "--format='%%(refname)=%%(objectname)' "
	    "refs/heads); do case $ref in refs/heads/packed=$(git rev-parse c0)|"
	    "refs/heads/both=$(git rev-parse c1)|refs/heads/loose=$(git rev-parse c1)|"
	    "refs/heads/loose=$(git rev-parse c2)|refs/heads/new/one=$(git rev-parse c2)|"
	    "refs/heads/deep/er=$(git rev-parse c0)|refs/heads/deep/er=$(git rev-parse c2)|"
	    "refs/heads/main=*) ;; *) echo $ref; exit 1;; esac; done; "
	    "for ref in loose deep/er main; do git rev-parse -q --verify refs/heads/$ref; done");
}

/* Brings what the dead one did to its end, whatever that was. */
static void finish(void)
{
	run("cd r && git for-each-ref >../before");
	{
		static const struct oid none;
		const char *const names[] = {"refs/heads/packed", "refs/heads/both",
			"refs/heads/loose", "refs/heads/new/one", "refs/heads/deep/er"};
		struct ref_update updates[5];
		for (size_t i = 0; i < 5; i++) {
			bool found;
			struct oid now = {{0}};
			assert_ok(ref_read(&repo, names[i], &found, &now));
			updates[i] = (struct ref_update){
				.name = names[i], .old_oid = now, .new_oid = i < 2 ? none : c[2]};
		}
		assert_ok(ref_transaction(&repo, updates, 5));
		for (size_t i = 0; i < 5; i++)
			if (updates[i].refusal)
				assert_string_equal(updates[i].refusal, "reference does not exist");
	}
	run("cd r && git fsck --full --strict && test $(git for-each-ref refs/heads | wc -l) = 4 "
	    "&& "
	    "test $(git rev-parse loose) = $(git rev-parse c2) && "
	    "test $(git rev-parse new/one) = $(git rev-parse c2) && "
	    "test $(git rev-parse deep/er) = $(git rev-parse c2)");
	assert_string_equal(output_of("find r -name '*.lock' -o -name 'gitcell*'"), "");
}

static void a_transaction_may_die_at_any_step(void **state)
{
	bool died = true;
	int steps;
	(void)state;

	for (steps = 0; died; steps++) {
		run("rm -rf r; cp -a pristine r");
		assert_ok(open_repository(&repo, "r"));
		died = crash_at(steps);
		assert_old_or_new();
		assert_refs_as_git(&repo, "r");
		finish();
	}
	assert_true(steps > 30);
}

/* ---- the quarantine ---- */

static void fill(const struct quarantine *q)
{
	run("cd pristine && git rev-list --objects --all | git pack-objects -q --stdout >../p.pack "
	    "&& "
	    "git index-pack -o ../p.idx ../p.pack >/dev/null");
	run("cat p.pack >r/objects/%s/pack.tmp; cat p.idx >r/objects/%s/idx.tmp; "
	    "chmod u+w r/objects/%s/pack r/objects/%s/idx; cd r/objects/%s; "
	    "cat pack.tmp >pack; cat idx.tmp >idx; rm *.tmp; chmod 444 pack idx",
		q->name, q->name, q->name, q->name, q->name);
}

static struct oid checksum(void)
{
	const char *hex = output_of("tail -c 20 p.pack | od -An -tx1 | tr -d ' \\n'");
	struct cursor text = cursor_over_text(hex);
	struct oid oid;

	assert_true(cursor_oid_hex(&text, &hash_sha1, &oid));
	return oid;
}

static const struct fault *install_and_remove(struct quarantine *q, const struct oid *sum)
{
	const struct fault *fault = quarantine_install(q, sum, repo.algo);

	quarantine_remove(q);
	return fault;
}

static void close_quarantine(struct quarantine *q)
{
	close(q->dir);
	close(q->pack);
	close(q->idx);
}

static void a_pack_is_installed_as_git_would(void **state)
{
	struct quarantine q;
	struct oid sum;
	struct stat stat_pack;
	(void)state;

	run("git init -q --bare r");
	assert_ok(open_repository(&repo, "r"));
	for (int again = 0; again < 2; again++) {
		assert_ok(quarantine_make(&q));
		fill(&q);
		sum = checksum();
		assert_ok(install_and_remove(&q, &sum));
		close_quarantine(&q);
	}
	run("cd r && git rev-parse $(git -C ../pristine rev-parse c2) && git fsck --full --strict "
	    "&& "
	    "git verify-pack objects/pack/*.idx && test $(ls objects/pack | wc -l) = 2");
	assert_string_equal(output_of("ls r/objects"), "info\npack\n");
	run("mv r/objects/pack/*.pack pack");
	assert_int_equal(stat("pack", &stat_pack), 0);
	assert_int_equal(stat_pack.st_mode & 07777, 0444);
	assert_int_equal(stat_pack.st_nlink, 1);
	run("(cat pack; echo) >r/objects/pack/$(basename r/objects/pack/*.idx .idx).pack");
	assert_ok(quarantine_make(&q));
	fill(&q);
	assert_fault(install_and_remove(&q, &sum), &fault_quarantine);
	close_quarantine(&q);
}

static void an_installation_may_die_at_any_step(void **state)
{
	int status = SIGKILL;
	(void)state;

	for (int n = 0; WIFSIGNALED(status); n++) {
		struct quarantine q;
		struct oid sum;
		pid_t child;
		run("rm -rf r && git init -q --bare r");
		assert_ok(open_repository(&repo, "r"));
		assert_ok(quarantine_make(&q));
		fill(&q);
		sum = checksum();
		child = fork();
		if (child == 0) {
			calls_left = n;
			_exit(install_and_remove(&q, &sum) != NULL);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		close_quarantine(&q);
		run("git -C r fsck --full --strict");
		assert_ok(quarantine_make(&q));
		fill(&q);
		assert_ok(install_and_remove(&q, &sum));
		close_quarantine(&q);
		run("cd r && git verify-pack objects/pack/*.idx");
		assert_string_equal(output_of("ls r/objects"), "info\npack\n");
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void only_our_dead_quarantines_are_swept(void **state)
{
	struct quarantine first, second;
	(void)state;

	run("git init -q --bare r && cd r/objects && mkdir tmp_objdir-incoming-stock "
	    "tmp_objdir-incoming-gitcell-dead && : >tmp_objdir-incoming-gitcell-dead/pack && "
	    ": >tmp_objdir-incoming-gitcell-file && "
	    "ln -s ../.. tmp_objdir-incoming-gitcell-link");
	assert_ok(open_repository(&repo, "r"));
	assert_ok(quarantine_make(&first));
	assert_ok(quarantine_make(&second));
	assert_string_not_equal(first.name, second.name);
	run("cd r/objects; ls; ! test -d tmp_objdir-incoming-gitcell-dead; "
	    "test -d tmp_objdir-incoming-stock; test -d %s; test -d %s; test -d ..",
		first.name, second.name);
	close_quarantine(&first);
	quarantine_remove(&second);
	close_quarantine(&second);
	assert_ok(quarantine_make(&second));
	run("! test -e r/objects/%s", first.name);
	quarantine_remove(&second);
	close_quarantine(&second);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, scratch_leave)
	const struct CMUnitTest tests[] = {
		TEST(a_transaction_may_die_at_any_step),
		TEST(a_pack_is_installed_as_git_would),
		TEST(an_installation_may_die_at_any_step),
		TEST(only_our_dead_quarantines_are_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
