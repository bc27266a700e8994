/* SPDX-License-Identifier: ISC */
/*
 * tests/crash/mishap.c: runs a command, counts the points of all its processes, and lets something
 * happen at one of them. The filters of the traced processes stay as they are.
 *
 *	mishap TRACE WHAT NUMBER COMMAND [ARGUMENT...]
 *
 * WHAT is one of
 *	none    nothing
 *	kill    the process that is about to make the call is killed
 *	cut     all processes are killed, and what was written and not fsynced is lost
 *	short   a write() takes only half of its bytes
 *	EIO ... the call is not made, and fails so
 *
 * TRACE gets a line for each point: its number, the process (1: the first), call, paths, result;
 * "struck", with process, call and path, when it happens; "end" when all processes are gone.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mishap.h"

#ifndef __x86_64__
#error "only the registers of x86-64 are known here"
#endif

#define PROCESSES_MAX 8
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |  \
		PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

enum happening { NOTHING, KILL, CUT, SHORT, FAIL };

static const struct {
	const char *name;
	enum happening happening;
	int error;
} happenings[] = {
	{"none", NOTHING, 0},
	{"kill", KILL, 0},
	{"cut", CUT, 0},
	{"short", SHORT, 0},
	{"ENOSPC", FAIL, ENOSPC},
	{"EIO", FAIL, EIO},
	{"EDQUOT", FAIL, EDQUOT},
	{"EINTR", FAIL, EINTR},
	{"EPIPE", FAIL, EPIPE},
};

struct process {
	pid_t pid;
	bool alive;
	int forced; /* the errno with which the call at hand fails instead of being made */
	unsigned long point;
	struct call call;
};

static struct process processes[PROCESSES_MAX];
static size_t process_count;
static FILE *trace;
static enum happening happening;
static int happening_error;
static unsigned long when, points;
static bool power_is_out;

static void die(const char *what)
{
	fprintf(stderr, "mishap: %s: %s\n", what, strerror(errno));
	exit(125);
}

static struct process *process_of(pid_t pid)
{
	for (size_t i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (process_count == PROCESSES_MAX)
		die("too many processes");
	processes[process_count] = (struct process){.pid = pid, .alive = true};
	return &processes[process_count++];
}

static size_t number_of(const struct process *p)
{
	return (size_t)(p - processes) + 1;
}

static void change_registers(pid_t pid, const struct process *p, bool entering)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) < 0)
		die("PTRACE_GETREGS");
	if (!entering)
		registers.rax = (unsigned long long)-(long long)p->forced;
	else if (p->forced)
		registers.orig_rax = SYS_getpid; /* which every filter allows */
	else
		registers.rdx /= 2;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &registers) < 0)
		die("PTRACE_SETREGS");
}

static void cut(void)
{
	power_is_out = true;
	for (size_t i = 0; i < process_count; i++)
		if (processes[i].alive)
			kill(processes[i].pid, SIGKILL);
}

static void let_it_happen(struct process *p)
{
	switch (happening) {
	case NOTHING:
		break;
	case KILL:
		kill(p->pid, SIGKILL);
		break;
	case CUT:
		cut();
		break;
	case SHORT:
		if (p->call.writes && p->call.args[2] > 1)
			change_registers(p->pid, p, true);
		break;
	case FAIL:
		p->forced = happening_error;
		change_registers(p->pid, p, true);
		break;
	}
}

static void enter_call(struct process *p, uint64_t number, const uint64_t args[6])
{
	p->forced = 0;
	call_read(&p->call, p->pid, number, args);
	if (!p->call.name)
		return;
	p->point = ++points;
	if (p->point != when)
		return;
	fprintf(trace, "struck %zu %s %s\n", number_of(p), p->call.name, p->call.at);
	let_it_happen(p);
}

static void leave_call(struct process *p, int64_t result)
{
	if (!p->call.name)
		return;
	if (p->forced) {
		change_registers(p->pid, p, false);
		result = -p->forced;
	}
	losses_note(p->pid, &p->call, result);
	fprintf(trace, "%lu %zu %s %s %s %" PRId64 "\n", p->point, number_of(p), p->call.name,
		p->call.at, p->call.to[0] ? p->call.to : "-", result);
	p->call.name = NULL;
}

static void at_call(struct process *p)
{
	struct ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof info, &info) < 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter_call(p, info.entry.nr, (const uint64_t *)info.entry.args);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leave_call(p, info.exit.rval);
}

/* The signal to deliver with the next step. */
static int at_stop(struct process *p, int status)
{
	int signal = WSTOPSIG(status);

	if (power_is_out)
		kill(p->pid, SIGKILL); /* one that was being born */
	if (signal == (SIGTRAP | 0x80)) {
		at_call(p);
		return 0;
	}
	return status >> 16 || signal == SIGSTOP || signal == SIGTRAP ? 0 : signal;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Until all are gone; the first one's exit status. */
static int watch(pid_t first)
{
	int status, result = 0, signal;
	struct process *p;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		p = process_of(pid);
		if (WIFSTOPPED(status)) {
			signal = at_stop(p, status);
			ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal);
			continue;
		}
		p->alive = false;
		if (pid == first)
			result = exit_status(status);
	}
	return result;
}

static pid_t start(char **command)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			die("PTRACE_TRACEME");
		raise(SIGSTOP);
		execvp(command[0], command);
		die(command[0]);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
		ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(intptr_t)OPTIONS) < 0 ||
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
		die("cannot trace");
	process_of(pid);
	return pid;
}

static bool choose(const char *what)
{
	for (size_t i = 0; i < sizeof happenings / sizeof *happenings; i++) {
		if (strcmp(happenings[i].name, what) != 0)
			continue;
		happening = happenings[i].happening;
		happening_error = happenings[i].error;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	int result;

	if (argc < 5 || !choose(argv[2])) {
		fputs("usage: mishap TRACE WHAT NUMBER COMMAND [ARGUMENT...]\n", stderr);
		return 125;
	}
	when = strtoul(argv[3], NULL, 10);
	trace = fopen(argv[1], "we");
	if (!trace)
		die(argv[1]);
	result = watch(start(argv + 4));
	if (power_is_out)
		losses_happen();
	fputs("end\n", trace);
	return fclose(trace) == 0 ? result : 125;
}
