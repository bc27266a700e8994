/* SPDX-License-Identifier: ISC */
/* boot: each test is a child process that is started as an init system might start it */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "cell/boot.h"

/* In a child: 0 to go on with; otherwise the line that does not hold is the status. */
#define HOLDS(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			_exit(__LINE__ % 200 + 1);                                                 \
	} while (0)

typedef void child(int connection);

/* Runs BODY in a child with one end of a socketpair; its wait status. OTHER_END: what it sent. */
static int run(child *body, char *other_end, size_t size)
{
	int pair[2], status;
	ssize_t len;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		body(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	len = read(pair[0], other_end, size - 1);
	other_end[len > 0 ? len : 0] = '\0';
	close(pair[0]);
	return status;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino;
}

static void as_inetd(int connection)
{
	struct boot boot;

	for (int fd = 0; fd <= 2; fd++)
		dup2(connection, fd);
	dup2(connection, 77);
	setenv("GIT_PROTOCOL", "version=2", 1);
	signal(SIGCHLD, SIG_IGN);
	HOLDS(boot_connection(&boot) == NULL);
	HOLDS(same(0, 1) && !same(0, 2));
	HOLDS(boot.stderr_was_connection && !boot.stderr_is_journal);
	HOLDS(strcmp(boot.git_protocol, "version=2") == 0 && !getenv("GIT_PROTOCOL"));
	for (int fd = 3; fd < 100; fd++)
		HOLDS(!is_open(fd));
	HOLDS((umask(0) & 027) == 027);
	HOLDS(write(2, "warning", 7) == 7);
	HOLDS(write(1, "hello", 5) == 5);
}

static void inetd_cannot_make_us_write_warnings_to_the_client(void **state)
{
	char sent[64];
	(void)state;

	assert_int_equal(run(as_inetd, sent, sizeof sent), 0);
	assert_string_equal(sent, "hello");
}

static void as_systemd(int connection)
{
	struct boot boot;
	char pid[32];
	int null = open("/dev/null", O_RDWR);

	dup2(connection, 50);
	dup2(null, 0);
	dup2(null, 1);
	dup2(50, 3);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	HOLDS(boot_connection(&boot) == NULL);
	HOLDS(same(0, 1) && !is_open(3) && !is_open(50));
	HOLDS(!getenv("LISTEN_FDS") && !boot.stderr_was_connection);
	HOLDS(write(1, "hello", 5) == 5);
}

static void the_connection_may_be_passed_as_LISTEN_FDS(void **state)
{
	char sent[64];
	(void)state;

	assert_int_equal(run(as_systemd, sent, sizeof sent), 0);
	assert_string_equal(sent, "hello");
}

static void with_foreign_listen_pid(int connection)
{
	struct boot boot;

	dup2(connection, 0);
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "1", 1);
	HOLDS(boot_connection(&boot) == NULL);
	HOLDS(write(1, "hello", 5) == 5);
}

static void LISTEN_FDS_of_another_process_is_not_ours(void **state)
{
	char sent[64];
	(void)state;

	assert_int_equal(run(with_foreign_listen_pid, sent, sizeof sent), 0);
	assert_string_equal(sent, "hello");
}

static void without_a_connection(int connection)
{
	struct boot boot;
	int fds[2];
	char pid[32];

	(void)connection;
	HOLDS(pipe(fds) == 0);
	dup2(fds[0], 0);
	HOLDS(boot_connection(&boot) == &fault_no_connection);
	close(0);
	HOLDS(boot_connection(&boot) == &fault_no_connection);
	dup2(socket(AF_INET, SOCK_DGRAM, 0), 0);
	HOLDS(boot_connection(&boot) == &fault_no_connection);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "2", 1);
	HOLDS(boot_connection(&boot) == &fault_no_connection);
	HOLDS(strstr(fault_detail(&fault_no_connection), "Accept=yes"));
}

static void with_a_listening_socket(int connection)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct boot boot;

	(void)connection;
	HOLDS(listen(fd, 1) == 0);
	dup2(fd, 0);
	HOLDS(boot_connection(&boot) == &fault_no_connection);
	HOLDS(strstr(fault_detail(&fault_no_connection), "nowait"));
}

static void what_is_no_connection_is_refused_with_a_remedy(void **state)
{
	char sent[8];
	(void)state;

	assert_int_equal(run(without_a_connection, sent, sizeof sent), 0);
	assert_int_equal(run(with_a_listening_socket, sent, sizeof sent), 0);
}

static void in_direct_mode(int connection)
{
	struct boot boot;
	struct stat st;
	char stream[64], *protocol = malloc(BOOT_GIT_PROTOCOL_MAX + 2);
	int fds[2];

	(void)connection;
	HOLDS(pipe(fds) == 0);
	dup2(fds[0], 0);
	dup2(fds[1], 1);
	close(2);
	umask(002);
	HOLDS(boot_direct(&boot) == NULL);
	HOLDS(umask(0) == 002);
	HOLDS(is_open(0) && is_open(1) && is_open(2) && !is_open(fds[0]) && !is_open(fds[1]));

	HOLDS(fstat(2, &st) == 0);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
		(unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	memset(protocol, 'x', BOOT_GIT_PROTOCOL_MAX + 1);
	protocol[BOOT_GIT_PROTOCOL_MAX + 1] = '\0';
	setenv("GIT_PROTOCOL", protocol, 1);
	HOLDS(boot_direct(&boot) == NULL);
	HOLDS(boot.stderr_is_journal && !*boot.git_protocol);
	setenv("GIT_PROTOCOL", protocol + 1, 1);
	setenv("JOURNAL_STREAM", "1:1", 1);
	HOLDS(boot_direct(&boot) == NULL);
	HOLDS(!boot.stderr_is_journal && strlen(boot.git_protocol) == BOOT_GIT_PROTOCOL_MAX);
}

static void direct_mode_keeps_pipes_and_umask(void **state)
{
	char sent[8];
	(void)state;

	assert_int_equal(run(in_direct_mode, sent, sizeof sent), 0);
}

static rlim_t soft_limit(int resource)
{
	struct rlimit limit;

	HOLDS(getrlimit(resource, &limit) == 0 && limit.rlim_cur <= limit.rlim_max);
	HOLDS(limit.rlim_max <= limit.rlim_cur || limit.rlim_cur == 0);
	return limit.rlim_cur;
}

static void with_limits(int connection)
{
	struct rlimit few = {20, 20};

	(void)connection;
	HOLDS(boot_limits(UINT64_C(512) << 20) == NULL);
	HOLDS(soft_limit(RLIMIT_CORE) == 0 && soft_limit(RLIMIT_MEMLOCK) == 0);
	HOLDS(soft_limit(RLIMIT_DATA) == 512 << 20 && soft_limit(RLIMIT_MSGQUEUE) == 0);
	HOLDS(soft_limit(RLIMIT_NOFILE) == BOOT_OPEN_FILES);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	HOLDS(boot_limits(UINT64_C(1) << 40) == NULL);
	HOLDS(soft_limit(RLIMIT_NOFILE) == 20 && soft_limit(RLIMIT_DATA) == 512 << 20);
	HOLDS(mmap(NULL, (size_t)1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0) == MAP_FAILED);
}

static void limits_only_shrink(void **state)
{
	char sent[8];
	(void)state;

	assert_int_equal(run(with_limits, sent, sizeof sent), 0);
}

static void without_processes(int connection)
{
	(void)connection;
	HOLDS(geteuid() != 0 || setuid(1234) == 0);
	HOLDS(boot_no_more_processes() == NULL);
	HOLDS(fork() < 0 && errno == EAGAIN);
}

static void after_the_last_fork_there_is_no_other(void **state)
{
	char sent[8];
	(void)state;

	assert_int_equal(run(without_processes, sent, sizeof sent), 0);
}

static void touching_a_file_that_shrank(int connection)
{
	char path[] = "/tmp/gitcell-boot.XXXXXX";
	struct boot boot;
	volatile char *map;
	int fd;

	dup2(connection, 0);
	HOLDS(boot_connection(&boot) == NULL);
	HOLDS(dup2(0, FD_LOG) == FD_LOG);
	boot_last_words("logged", 6);
	fd = mkstemp(path);
	unlink(path);
	HOLDS(ftruncate(fd, 8192) == 0);
	map = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	HOLDS(ftruncate(fd, 0) == 0);
	_exit(map[4096]);
}

static void a_mapped_file_that_shrinks_is_told_and_logged(void **state)
{
	char sent[128], length[5] = "";
	int status = run(touching_a_file_that_shrank, sent, sizeof sent);
	(void)state;

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128);
	assert_non_null(strstr(sent, "ERR a file of the repository shrank"));
	memcpy(length, sent, 4);
	assert_string_equal(sent + strtoul(length, NULL, 16), "logged");
}

static void with_a_timer(int connection)
{
	sigset_t all;
	struct boot boot;

	dup2(connection, 0);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGALRM, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	HOLDS(boot_connection(&boot) == NULL);
	HOLDS(boot_death_timer(1000) == NULL);
	raise(SIGPIPE);
	HOLDS(alarm(0) == BOOT_ALARM_GRACE_MS / 1000 + 1);
	HOLDS(boot_death_timer(0) == NULL);
	HOLDS(alarm(0) == 0);
	raise(SIGALRM);
}

static void the_death_timer_cannot_be_ignored(void **state)
{
	char sent[8];
	int status = run(with_a_timer, sent, sizeof sent);
	(void)state;

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inetd_cannot_make_us_write_warnings_to_the_client),
		cmocka_unit_test(the_connection_may_be_passed_as_LISTEN_FDS),
		cmocka_unit_test(LISTEN_FDS_of_another_process_is_not_ours),
		cmocka_unit_test(what_is_no_connection_is_refused_with_a_remedy),
		cmocka_unit_test(direct_mode_keeps_pipes_and_umask),
		cmocka_unit_test(limits_only_shrink),
		cmocka_unit_test(after_the_last_fork_there_is_no_other),
		cmocka_unit_test(a_mapped_file_that_shrinks_is_told_and_logged),
		cmocka_unit_test(the_death_timer_cannot_be_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
