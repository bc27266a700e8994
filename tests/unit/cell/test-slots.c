/* SPDX-License-Identifier: ISC */
/* slots: real processes that hold them, and die */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "cell/boot.h"
#include "cell/slots.h"

static char path[] = "/tmp/gitcell-slots.XXXXXX";

/* What a child made of slots_take(). */
enum result { TAKEN = 't', FULL = 'f', IDENTITY = 'i', OTHER = 'o' };

static char result_of(const struct fault *fault)
{
	if (!fault)
		return TAKEN;
	if (fault == &fault_slots_full)
		return FULL;
	return fault == &fault_slots_identity ? IDENTITY : OTHER;
}

/* A child that takes a slot, says so, and lives until it is killed. */
struct holder {
	pid_t pid;
	char result;
};

static void hold(int report, uint64_t connections, uint64_t per_identity, uint64_t identity)
{
	struct slot slot;
	char result;

	/* its own end of the pipe out of the way of FD_SLOTS */
	report = fcntl(report, F_DUPFD, 100);
	result = result_of(slots_take(
		path, connections, per_identity, identity, (uid_t)identity, "somebody", &slot));
	if (result == TAKEN)
		slot_serving(&slot, SERVICE_RECEIVE_PACK, 2, "team/app", NULL);
	if (write(report, &result, 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static struct holder start(uint64_t connections, uint64_t per_identity, uint64_t identity)
{
	struct holder holder;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	holder.pid = fork();
	if (holder.pid == 0)
		hold(fds[1], connections, per_identity, identity);
	close(fds[1]);
	assert_int_equal(read(fds[0], &holder.result, 1), 1);
	close(fds[0]);
	return holder;
}

static void stop(const struct holder *holder)
{
	kill(holder->pid, SIGKILL);
	assert_int_equal(waitpid(holder->pid, NULL, 0), holder->pid);
}

static void the_limit_of_all_is_exact_and_death_frees(void **state)
{
	enum { N = 5 };
	struct holder holders[N], over;
	(void)state;

	for (unsigned i = 0; i < N; i++) {
		holders[i] = start(N, 0, 1000 + i);
		assert_int_equal(holders[i].result, TAKEN);
	}
	over = start(N, 0, 1);
	assert_int_equal(over.result, FULL);
	stop(&over);
	stop(&holders[2]);
	holders[2] = start(N, 0, 1);
	assert_int_equal(holders[2].result, TAKEN);
	over = start(N, 0, 1);
	assert_int_equal(over.result, FULL);
	stop(&over);
	for (unsigned i = 0; i < N; i++)
		stop(&holders[i]);
}

static void the_limit_of_one_does_not_touch_others(void **state)
{
	const uint64_t greatest = (UINT64_C(1) << 33) - 1;
	struct holder mine[2], other, over;
	(void)state;

	mine[0] = start(10, 2, 1000);
	mine[1] = start(10, 2, 1000);
	over = start(10, 2, 1000);
	assert_int_equal(over.result, IDENTITY);
	stop(&over);
	other = start(10, 2, 1001);
	assert_int_equal(other.result, TAKEN);
	stop(&other);
	other = start(10, 2, greatest);
	assert_int_equal(other.result, TAKEN);
	stop(&other);
	other = start(10, 2, greatest + 1);
	assert_int_equal(other.result, OTHER);
	stop(&other);
	stop(&mine[0]);
	mine[0] = start(10, 2, 1000);
	assert_int_equal(mine[0].result, TAKEN);
	stop(&mine[0]);
	stop(&mine[1]);
}

static void a_crowd_at_once_gets_exactly_the_limit(void **state)
{
	enum { CROWD = 40, LIMIT = 7 };
	struct holder crowd[CROWD];
	int fds[2], taken = 0;
	char results[CROWD];
	(void)state;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	for (int i = 0; i < CROWD; i++) {
		crowd[i].pid = fork();
		if (crowd[i].pid == 0)
			hold(fds[1], LIMIT, 0, 1000);
	}
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(read(fds[0], &results[i], 1), 1);
		assert_true(results[i] == TAKEN || results[i] == FULL);
		taken += results[i] == TAKEN;
	}
	assert_int_equal(taken, LIMIT);
	for (int i = 0; i < CROWD; i++)
		stop(&crowd[i]);
	close(fds[0]);
	close(fds[1]);
}

struct seen {
	unsigned count;
	struct slot_record last;
};

static void see(void *arg, unsigned number, const struct slot_record *record)
{
	struct seen *seen = arg;

	(void)number;
	seen->count++;
	seen->last = *record;
}

static void the_scoreboard_shows_the_living(void **state)
{
	struct holder first = start(10, 0, 1000), second = start(10, 0, 1001);
	struct seen seen = {0};
	(void)state;

	assert_ok(slots_read(path, see, &seen));
	assert_int_equal(seen.count, 2);
	stop(&first);
	seen.count = 0;
	assert_ok(slots_read(path, see, &seen));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.pid, second.pid);
	assert_int_equal(seen.last.uid, 1001);
	assert_int_equal(seen.last.service, SERVICE_RECEIVE_PACK);
	assert_int_equal(seen.last.protocol, 2);
	assert_string_equal(seen.last.repository, "team/app");
	assert_string_equal(seen.last.who, "somebody");
	assert_true(seen.last.started_ms > UINT64_C(1600000000000));
	stop(&second);
	seen.count = 0;
	assert_ok(slots_read(path, see, &seen));
	assert_int_equal(seen.count, 0);
	assert_ok(slots_read("/tmp/gitcell-no-such-file", see, &seen));
}

static void a_record_full_of_rubbish_is_terminated_or_skipped(void **state)
{
	struct holder holder = start(10, 0, 1000);
	struct slot_record rubbish;
	struct seen seen = {0};
	int fd = open(path, O_RDWR);
	(void)state;

	memset(&rubbish, 0xff, sizeof rubbish);
	assert_int_equal(pwrite(fd, &rubbish, sizeof rubbish, 0), sizeof rubbish);
	assert_ok(slots_read(path, see, &seen));
	assert_int_equal(seen.count, 0);
	rubbish.version = SLOT_VERSION;
	rubbish.service = SERVICE_UPLOAD_PACK;
	assert_int_equal(pwrite(fd, &rubbish, sizeof rubbish, 0), sizeof rubbish);
	assert_ok(slots_read(path, see, &seen));
	assert_int_equal(seen.count, 1);
	assert_int_equal(strlen(seen.last.repository), REPOSITORY_NAME_MAX);
	close(fd);
	stop(&holder);
}

static void without_a_limit_no_file_is_needed(void **state)
{
	struct slot slot;
	(void)state;

	assert_ok(slots_take("/nonexistent/slots", 0, 8, 1000, 1000, "x", &slot));
	assert_false(slot.taken);
	slot_serving(&slot, SERVICE_UPLOAD_PACK, 2, "a", NULL);
}

static void without_a_usable_file_nobody_is_served(void **state)
{
	struct slot slot;
	(void)state;

	assert_fault(slots_take("/nonexistent/slots", 1, 0, 0, 0, "x", &slot), &fault_slots_file);
	assert_non_null(strstr(fault_detail(&fault_slots_file), "tmpfiles.d"));
	chmod(path, 0640);
	assert_fault(slots_take(path, 1, 0, 0, 0, "x", &slot), &fault_slots_file);
	chmod(path, 0600);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 1234, 0), 0);
		assert_fault(slots_take(path, 1, 0, 0, 0, "x", &slot), &fault_slots_file);
		assert_int_equal(chown(path, 0, 0), 0);
	}
	assert_fault(slots_take("/tmp", 1, 0, 0, 0, "x", &slot), &fault_slots_file);
	assert_fault(slots_take(path, SLOTS_MAX + 1, 0, 0, 0, "x", &slot), &fault_internal);
}

static int set_up(void **state)
{
	int fd = mkstemp(path);
	(void)state;

	return fd < 0 || close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_limit_of_all_is_exact_and_death_frees),
		cmocka_unit_test(the_limit_of_one_does_not_touch_others),
		cmocka_unit_test(a_crowd_at_once_gets_exactly_the_limit),
		cmocka_unit_test(the_scoreboard_shows_the_living),
		cmocka_unit_test(a_record_full_of_rubbish_is_terminated_or_skipped),
		cmocka_unit_test(without_a_limit_no_file_is_needed),
		cmocka_unit_test(without_a_usable_file_nobody_is_served),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
