/* SPDX-License-Identifier: ISC */
/* cell/log.c: where the line goes. log_open(): stage boot. log_write(): any stage, write() only. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>
#include "cell/log.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET "/dev/log"

/* Connects a datagram socket at FD_LOG. */
static bool connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int size = (int)LOG_DATAGRAM_MAX * 2;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd < 0)
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1);
	ok = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	     (fd == FD_LOG || dup3(fd, FD_LOG, O_CLOEXEC) == FD_LOG);
	if (fd != FD_LOG || !ok)
		close(fd);
	/* a log that does not keep up must not hold the connection */
	if (ok && (setsockopt(FD_LOG, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) < 0 ||
			  fcntl(FD_LOG, F_SETFL, O_NONBLOCK) < 0))
		return true; /* then with what it has */
	return ok;
}

void log_open(struct log *log, const struct boot *boot)
{
	bool useless = boot->stderr_was_connection;

	if ((boot->stderr_is_journal || useless) && connect_to(JOURNAL_SOCKET)) {
		log->kind = LOG_TO_JOURNAL;
	} else if (useless && connect_to(SYSLOG_SOCKET)) {
		log->kind = LOG_TO_SYSLOG;
	} else {
		log->kind = LOG_TO_STDERR;
		if (dup3(STDERR_FILENO, FD_LOG, O_CLOEXEC) < 0)
			return; /* log_write() will find nobody there */
	}
}

static void compose_line(const struct log *log, const struct log_record *record, struct buffer *out)
{
	struct buffer line = {.limit = LOG_LINE_MAX * 2};

	log_format_line(record, &line);
	if (log->kind == LOG_TO_SYSLOG)
		buffer_format(out, "<%d>gitcell[%d]: ", LOG_DAEMON | log_priority(record->fault),
			(int)getpid());
	buffer_append(out, line.bytes, line.len);
	buffer_byte(out, '\n');
	buffer_free(&line);
}

void log_compose(const struct log *log, const struct log_record *record, struct buffer *out)
{
	out->limit = LOG_DATAGRAM_MAX + LOG_LINE_MAX;
	if (log->kind == LOG_TO_JOURNAL)
		log_format_journal(record, out);
	else
		compose_line(log, record, out);
}

void log_write(const struct log *log, const struct log_record *record)
{
	struct buffer text = BUFFER_INIT;
	ssize_t ignored;

	log_compose(log, record, &text);
	ignored = write(FD_LOG, text.bytes, text.len);
	(void)ignored;
	buffer_free(&text);
}
