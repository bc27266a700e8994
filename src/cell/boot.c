/* SPDX-License-Identifier: ISC */
/*
 * cell/boot.c: normalising the process. Stage boot; trusts what started us, within reason: it may
 * have left descriptors open, signals ignored or blocked, and standard error on the connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include "base/cursor.h"
#include "cell/boot.h"

const struct fault fault_no_connection = {BLAME_HOST, "there is no connection to serve"};
const struct fault fault_shrank = {
	BLAME_REPOSITORY, "a file of the repository shrank while in use"};
const struct fault fault_boot = {BLAME_HOST, "cannot set the process up"};

#define LISTEN_FD 3 /* SD_LISTEN_FDS_START */

/* Descriptors 0, 1 and 2 that are closed become /dev/null, or the next open() would take them. */
static const struct fault *open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return fault_errno(&fault_boot, errno, "/dev/null");
	close(fd);
	return NULL;
}

static bool number_in_environment(const char *name, uint64_t *out)
{
	const char *text = getenv(name);
	struct cursor c = cursor_over_text(text ? text : "");

	return cursor_decimal(&c, INT32_MAX, out) && cursor_at_end(&c);
}

/* Were descriptors passed to this very process? sd_listen_fds(3), "Notes". */
static const struct fault *find_listen_fd(int *out)
{
	uint64_t pid, count;

	*out = STDIN_FILENO;
	if (!number_in_environment("LISTEN_PID", &pid) || pid != (uint64_t)getpid() ||
		!number_in_environment("LISTEN_FDS", &count) || count == 0)
		return NULL;
	if (count != 1)
		return fault_note(&fault_no_connection,
			"LISTEN_FDS says %u descriptors: one process serves one (Accept=yes)",
			(unsigned)count);
	*out = LISTEN_FD;
	return NULL;
}

/* A stream socket that is connected, and not one that listens. */
static const struct fault *check_connection(int fd)
{
	int type = 0, listening = 0;
	socklen_t len = sizeof type;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
		return fault_note(&fault_no_connection,
			"standard input is not a socket: let systemd (Accept=yes) or inetd start "
			"it, or name a service and a directory");
	if (type != SOCK_STREAM)
		return fault_note(&fault_no_connection, "not a stream socket");
	len = sizeof listening;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening)
		return fault_note(&fault_no_connection,
			"the socket is not connected but listens: say Accept=yes (systemd) or "
			"nowait (inetd)");
	return NULL;
}

static bool same_open_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino && (S_ISSOCK(x.st_mode) || S_ISFIFO(x.st_mode));
}

/* inetd gives the connection as standard error too: nothing of ours may be written there. */
static const struct fault *part_stderr(struct boot *boot)
{
	int null;

	boot->stderr_was_connection =
		same_open_file(STDERR_FILENO, FD_OUT) || same_open_file(STDERR_FILENO, FD_IN);
	if (!boot->stderr_was_connection)
		return NULL;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		return fault_errno(&fault_boot, errno, "/dev/null");
	close(null);
	return NULL;
}

static const struct fault *close_the_rest(void)
{
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) < 0)
		return fault_errno(&fault_boot, errno, "close_range");
	return NULL;
}

/* JOURNAL_STREAM is "DEVICE:INODE" of what standard error was when systemd started us. */
static bool stderr_is_journal(void)
{
	const char *text = getenv("JOURNAL_STREAM");
	struct cursor c = cursor_over_text(text ? text : "");
	uint64_t dev, ino;
	struct stat st;

	return cursor_decimal(&c, UINT64_MAX, &dev) && cursor_literal(&c, ":") &&
	       cursor_decimal(&c, UINT64_MAX, &ino) && cursor_at_end(&c) &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

/* Takes what we want to know from the environment, and then there is none. */
static void drain_environment(struct boot *boot)
{
	const char *protocol = getenv("GIT_PROTOCOL");
	struct cursor c = cursor_over_text(protocol ? protocol : "");

	boot->stderr_is_journal = stderr_is_journal();
	if (!cursor_copy_text(&c, boot->git_protocol, sizeof boot->git_protocol))
		boot->git_protocol[0] = '\0';
	clearenv();
}

/* A handler gets no argument but this. */
static struct {
	size_t len;
	uint8_t bytes[BOOT_LAST_WORDS_MAX];
} last_words;

void boot_last_words(const void *bytes, size_t len)
{
	last_words.len = len <= sizeof last_words.bytes ? len : 0;
	memcpy(last_words.bytes, bytes, last_words.len);
}

/*
 * A mapped file that shrinks is a SIGBUS. Async-signal-safe calls alone: a fixed ERR pkt-line, so
 * that the client reads why, the line of the log, and the status of a fault of the repository.
 */
static void on_sigbus(int signal_number)
{
	static const char err[] = "0035ERR a file of the repository shrank while in use\n";
	ssize_t ignored = write(FD_OUT, err, sizeof err - 1);

	if (last_words.len)
		ignored = write(FD_LOG, last_words.bytes, last_words.len);
	(void)signal_number;
	(void)ignored;
	_exit(128);
}

static const struct fault *set_signals(void)
{
	static const struct {
		int number;
		void (*handler)(int);
	} rows[] = {
		{SIGPIPE, SIG_IGN}, /* a write says EPIPE */
		{SIGXFSZ, SIG_IGN}, /* a write says EFBIG */
		{SIGALRM, SIG_DFL}, /* the death timer */
		{SIGCHLD, SIG_DFL}, /* waitpid() of the parser of a push */
		{SIGTERM, SIG_DFL}, /* how the service manager ends us */
		{SIGBUS, on_sigbus},
	};
	sigset_t none;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sigaction action = {.sa_handler = rows[i].handler, .sa_flags = SA_RESTART};
		if (sigaction(rows[i].number, &action, NULL) < 0)
			return fault_errno(&fault_boot, errno, "sigaction");
	}
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return fault_errno(&fault_boot, errno, "sigprocmask");
	return NULL;
}

/* What both modes end with. */
static const struct fault *settle(struct boot *boot)
{
	TRY(part_stderr(boot));
	TRY(close_the_rest());
	drain_environment(boot);
	return set_signals();
}

const struct fault *boot_connection(struct boot *boot)
{
	int fd;

	*boot = (struct boot){0};
	TRY(open_standard());
	TRY(find_listen_fd(&fd));
	TRY(check_connection(fd));
	if (dup2(fd, FD_IN) < 0 || dup2(fd, FD_OUT) < 0)
		return fault_errno(&fault_boot, errno, "dup2");
	umask(umask(077) | 027);
	return settle(boot);
}

const struct fault *boot_direct(struct boot *boot)
{
	*boot = (struct boot){0};
	TRY(open_standard());
	return settle(boot);
}

/* Lowers both the soft and the hard limit to VALUE, and never raises one. */
static const struct fault *lower_limit(int resource, rlim_t value, const char *name)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		return fault_errno(&fault_boot, errno, name);
	if (limit.rlim_cur > value)
		limit.rlim_cur = value;
	if (limit.rlim_max > value)
		limit.rlim_max = value;
	if (setrlimit(resource, &limit) < 0)
		return fault_errno(&fault_boot, errno, name);
	return NULL;
}

const struct fault *boot_limits(uint64_t memory)
{
	TRY(lower_limit(RLIMIT_CORE, 0, "RLIMIT_CORE"));
	TRY(lower_limit(RLIMIT_NOFILE, BOOT_OPEN_FILES, "RLIMIT_NOFILE"));
	TRY(lower_limit(RLIMIT_DATA, memory, "RLIMIT_DATA"));
	TRY(lower_limit(RLIMIT_MEMLOCK, 0, "RLIMIT_MEMLOCK"));
	return lower_limit(RLIMIT_MSGQUEUE, 0, "RLIMIT_MSGQUEUE");
}

const struct fault *boot_death_timer(uint64_t session_ms)
{
	uint64_t ms = session_ms + BOOT_ALARM_GRACE_MS;
	struct itimerval timer = {
		.it_value = {.tv_sec = (time_t)(ms / 1000),
			.tv_usec = (suseconds_t)(ms % 1000 * 1000)},
	};

	if (session_ms && setitimer(ITIMER_REAL, &timer, NULL) < 0)
		return fault_errno(&fault_boot, errno, "setitimer");
	return NULL;
}

const struct fault *boot_no_more_processes(void)
{
	return lower_limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC");
}
