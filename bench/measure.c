/* SPDX-License-Identifier: ISC */
/*
 * bench/measure.c: "measure FILE COMMAND...": runs the command and appends to FILE a line with what
 * it and its descendants cost: wall time and CPU time in microseconds, peak memory of the largest
 * process in KiB. Part of the benchmarks, not of gitcell; outside the sandbox.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(struct timeval t)
{
	return t.tv_sec * 1000000LL + t.tv_usec;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* What was passed by a listener was passed to us; say that it is for the command. */
static void hand_on_listen_fds(void)
{
	char pid[32];

	if (!getenv("LISTEN_PID"))
		return;
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	setenv("LISTEN_PID", pid, 1);
}

/* One write, so that lines of several measurements do not mix. */
static void append(const char *file, long long wall)
{
	struct rusage usage;
	char line[128];
	int fd, len;

	getrusage(RUSAGE_CHILDREN, &usage);
	len = snprintf(line, sizeof line, "%lld %lld %ld\n", wall,
		microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss);
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, line, (size_t)len) != len)
		perror(file);
}

int main(int argc, char **argv)
{
	long long started = now();
	int status;
	pid_t child;

	if (argc < 3) {
		fputs("usage: measure FILE COMMAND...\n", stderr);
		return 2;
	}
	child = fork();
	if (child == 0) {
		hand_on_listen_fds();
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		perror("measure");
		return 1;
	}
	append(argv[1], now() - started);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
