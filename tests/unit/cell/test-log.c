/* SPDX-License-Identifier: ISC */
/* log: what the line and the journal entry say, and that nothing escapes the escaping */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "base/mem.h"
#include "cell/log.h"

static const struct hash_algo algo = {.name = "sha1", .size = 20, .hexsize = 40};
static const struct fault denied = {BLAME_POLICY, "access denied or repository not exported"};
static const struct fault broken = {BLAME_REPOSITORY, "a file cannot be read"};

static struct outcome outcome = {
	.objects = 12, .pack_bytes = 3456, .refs_moved = 1, .agent = "git/2.39.5\n\"x\""};
static const struct fences fences = {.landlock_abi = 4, .seccomp = true, .no_new_privs = true};

static struct log_record record_of(const struct fault *fault)
{
	return (struct log_record){
		.who = "alice",
		.uid = 1000,
		.pid = 4711,
		.service = "git-receive-pack",
		.repository = "team/app",
		.protocol = 1,
		.fault = fault,
		.bytes_in = 10,
		.bytes_out = 0,
		.ms = 7,
		.fences = &fences,
	};
}

static struct ref_moves many_moves(size_t count, size_t name_len)
{
	struct ref_moves moves = {mem_array(count, sizeof *moves.list), count, count};

	for (size_t i = 0; i < count; i++) {
		moves.list[i].new_oid.id[0] = 0xab;
		memset(moves.list[i].name, '\n', name_len);
	}
	return moves;
}

static void a_push_is_one_line(void **state)
{
	struct log_record record = record_of(NULL);
	struct ref_moves moves = many_moves(1, 0);
	struct buffer out = BUFFER_INIT;
	(void)state;

	strcpy(moves.list[0].name, "refs/heads/main");
	record.outcome = &outcome;
	record.moves = &moves;
	record.algo = &algo;
	log_format_line(&record, &out);
	assert_string_equal(buffer_cstr(&out),
		"user=\"alice\" uid=1000 pid=4711 verb=git-receive-pack repository=\"team/app\" "
		"protocol=1 verdict=ok moved=1 objects=12 pack=3456 in=10 out=0 ms=7 landlock=4 "
		"seccomp=yes agent=\"git/2.39.5\\x0a\\\"x\\\"\" "
		"ref=\"0000000000000000000000000000000000000000 "
		"ab00000000000000000000000000000000000000 refs/heads/main\"");
	buffer_free(&out);
	free(moves.list);
}

static void a_denial_says_whom_to_blame(void **state)
{
	struct log_record record = record_of(&denied);
	struct buffer out = BUFFER_INIT;
	(void)state;

	record.repository = "evil\"\x1b[31m\n user=\"root";
	log_format_line(&record, &out);
	assert_string_equal(buffer_cstr(&out),
		"user=\"alice\" uid=1000 pid=4711 verb=git-receive-pack "
		"repository=\"evil\\\"\\x1b[31m\\x0a user=\\\"root\" protocol=1 verdict=denied "
		"blame=policy text=\"access denied or repository not exported\" in=10 out=0 ms=7 "
		"landlock=4 seccomp=yes");
	buffer_free(&out);
}

static void the_journal_gets_fields(void **state)
{
	struct log_record record = record_of(fault_note(&broken, "%s", "HEAD"));
	struct buffer out = BUFFER_INIT;
	(void)state;

	record.repository = "a\nPRIORITY=0\n";
	record.uid = (uid_t)-1;
	record.who = "anonymous 127.0.0.1";
	log_format_journal(&record, &out);
	assert_string_equal(buffer_cstr(&out),
		"MESSAGE=fault: git-receive-pack a\\x0aPRIORITY=0\\x0a for anonymous 127.0.0.1: "
		"a file cannot be read: HEAD\n"
		"PRIORITY=3\nSYSLOG_IDENTIFIER=gitcell\n"
		"GITCELL_USER=anonymous 127.0.0.1\nGITCELL_PEER_PID=4711\n"
		"GITCELL_VERB=git-receive-pack\nGITCELL_REPOSITORY=a\\x0aPRIORITY=0\\x0a\n"
		"GITCELL_PROTOCOL=1\nGITCELL_VERDICT=fault\nGITCELL_BLAME=repository\n"
		"GITCELL_TEXT=a file cannot be read: HEAD\nGITCELL_BYTES_IN=10\n"
		"GITCELL_BYTES_OUT=0\nGITCELL_MS=7\nGITCELL_LANDLOCK=4\nGITCELL_SECCOMP=yes\n");
	buffer_free(&out);
}

static size_t occurrences(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static void many_refs_are_counted_instead(void **state)
{
	struct log_record record = record_of(NULL);
	struct ref_moves moves = many_moves(LOG_REFS_MAX + 1, 10);
	struct buffer out = BUFFER_INIT;
	(void)state;

	record.moves = &moves;
	record.algo = &algo;
	moves.count = LOG_REFS_MAX;
	log_format_journal(&record, &out);
	assert_int_equal(occurrences(buffer_cstr(&out), "GITCELL_REF="), LOG_REFS_MAX);
	assert_null(strstr(buffer_cstr(&out), "GITCELL_REFS_MORE"));
	moves.count = LOG_REFS_MAX + 1;
	buffer_reset(&out);
	log_format_journal(&record, &out);
	assert_int_equal(occurrences(buffer_cstr(&out), "GITCELL_REF="), LOG_REFS_MAX);
	assert_non_null(strstr(buffer_cstr(&out), "GITCELL_REFS_MORE=1\n"));
	buffer_free(&out);
	free(moves.list);
}

static void the_longest_names_do_not_burst_a_datagram(void **state)
{
	struct log_record record = record_of(NULL);
	struct ref_moves moves = many_moves(LOG_REFS_MAX, REFNAME_MAX);
	struct buffer out = BUFFER_INIT;
	(void)state;

	record.moves = &moves;
	record.algo = &algo;
	log_format_journal(&record, &out);
	assert_true(out.len <= LOG_DATAGRAM_MAX);
	assert_true(occurrences(buffer_cstr(&out), "GITCELL_REF=") > 16);
	assert_non_null(strstr(buffer_cstr(&out), "GITCELL_REFS_MORE="));
	buffer_reset(&out);
	log_format_line(&record, &out);
	assert_true(out.len <= LOG_LINE_MAX);
	assert_non_null(strstr(buffer_cstr(&out), " more-refs="));
	buffer_free(&out);
	free(moves.list);
}

/* In a mount namespace of its own: a datagram socket at PATH, below the empty directory DIR. */
static int listen_for_logs(const char *dir, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", dir, "tmpfs", 0, NULL) < 0)
		return -1;
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/journal", 0755);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, 100);
}

enum { HEARD, NOT_HEARD, NO_NAMESPACE };

/* In a child, because of the namespace: the longest entry arrives in one piece, as KIND. */
static int heard_at(const char *dir, const char *path, bool journal, enum log_kind kind)
{
	struct boot boot = {.stderr_is_journal = journal, .stderr_was_connection = !journal};
	struct log_record record = record_of(NULL);
	struct ref_moves moves = many_moves(LOG_REFS_MAX, REFNAME_MAX);
	struct buffer heard = BUFFER_INIT;
	struct log log;
	int status, fd;
	pid_t pid = fork();

	if (pid == 0) {
		fd = listen_for_logs(dir, path);
		if (fd < 0)
			_exit(NO_NAMESPACE);
		record.moves = &moves;
		record.algo = &algo;
		log_open(&log, &boot);
		log_write(&log, &record);
		heard.len =
			(size_t)recv(fd, buffer_reserve(&heard, 1 << 20), 1 << 20, MSG_DONTWAIT);
		if (log.kind != kind || heard.len > LOG_DATAGRAM_MAX)
			_exit(NOT_HEARD);
		_exit(strstr(buffer_cstr(&heard), "alice") ? HEARD : NOT_HEARD);
	}
	free(moves.list);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void the_journal_and_syslog_hear_it_over_their_sockets(void **state)
{
	static const char journal[] = "/run/systemd/journal/socket";
	int result = heard_at("/run", journal, true, LOG_TO_JOURNAL);
	(void)state;

	if (result == NO_NAMESPACE)
		skip();
	assert_int_equal(result, HEARD);
	assert_int_equal(heard_at("/run", journal, false, LOG_TO_JOURNAL), HEARD);
	assert_int_equal(heard_at("/dev", "/dev/log", false, LOG_TO_SYSLOG), HEARD);
}

/* Runs last: it takes FD_LOG and standard error. */
static void without_a_journal_the_line_goes_to_standard_error(void **state)
{
	struct log_record record = record_of(NULL);
	struct boot boot = {.stderr_was_connection = false};
	struct log log;
	char text[4096];
	ssize_t len;
	int fds[2], saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
	(void)state;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fds[0] = fcntl(fds[0], F_DUPFD_CLOEXEC, 100);
	dup2(fds[1], STDERR_FILENO);
	log_open(&log, &boot);
	dup2(saved, STDERR_FILENO);
	assert_int_equal(log.kind, LOG_TO_STDERR);
	log_write(&log, &record);
	len = read(fds[0], text, sizeof text - 1);
	assert_true(len > 0);
	text[len] = '\0';
	assert_int_equal(strncmp(text, "user=\"alice\"", 12), 0);
	assert_string_equal(text + len - 13, " seccomp=yes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_is_one_line),
		cmocka_unit_test(a_denial_says_whom_to_blame),
		cmocka_unit_test(the_journal_gets_fields),
		cmocka_unit_test(many_refs_are_counted_instead),
		cmocka_unit_test(the_longest_names_do_not_burst_a_datagram),
		cmocka_unit_test(the_journal_and_syslog_hear_it_over_their_sockets),
		cmocka_unit_test(without_a_journal_the_line_goes_to_standard_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
