/* SPDX-License-Identifier: ISC */
/* tests/escape/attempts.c: what an intruder tries that takes more than one call. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
#include "repo/repo.h"
#include "tests/escape/attempts.h"

long run_a_memfd(void)
{
	static const char script[] = "#!/bin/sh\nexit 0\n";
	char *const none[] = {NULL};
	long fd = syscall(SYS_memfd_create, "x", 0);

	if (fd < 0 || write((int)fd, script, sizeof script - 1) < 0)
		return -1;
	return syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH);
}

long fork_a_child(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child;
}

long clone3_a_child(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	long child = syscall(SYS_clone3, &args, sizeof args);

	if (child == 0)
		_exit(0);
	return child;
}

long open_by_o_path(void)
{
	int top = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return top < 0 ? -1 : openat(top, "etc/passwd", O_RDONLY | O_CLOEXEC);
}

long open_by_openat2(void)
{
	const struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};

	return syscall(SYS_openat2, FD_REPO, "../../secret", &how, sizeof how);
}

long connect_tcp(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof address);
}

/* The test program; the process in the cage is its child. Known beforehand, so that no attempt ends
 * at a getpid() that its stage may not make. */
static pid_t parent;

__attribute__((constructor)) static void note_the_parent(void)
{
	parent = getpid();
}

static socklen_t abstract_name(struct sockaddr_un *address)
{
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)snprintf(address->sun_path + 1, sizeof address->sun_path - 1,
				   "gitcell-escape-%d", (int)parent));
}

void listen_at_an_abstract_name(void)
{
	struct sockaddr_un address;
	socklen_t len = abstract_name(&address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (const struct sockaddr *)&address, len) || listen(fd, 100))
		perror("# abstract socket");
}

long connect_abstract(void)
{
	struct sockaddr_un address;
	socklen_t len = abstract_name(&address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	return fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, len);
}

/* Signal 0 asks for permission and sends nothing. */
long signal_the_parent(void)
{
	return kill(parent, 0);
}

long signal_by_tgkill(void)
{
	return syscall(SYS_tgkill, parent, parent, 0);
}

long ptrace_the_parent(void)
{
	return ptrace(PTRACE_SEIZE, parent, NULL, NULL);
}

long read_the_parents_memory(void)
{
	char here;
	struct iovec local = {&here, 1}, remote = {&parent, 1};

	return syscall(SYS_process_vm_readv, parent, &local, 1, &remote, 1, 0);
}

long i386_getpid(void)
{
#ifdef __x86_64__
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	return result;
#else
	raise(SIGSYS);
	return 0;
#endif
}

/* A filter that allows all: it can only be added to what stands. */
long loosen_by_a_filter(void)
{
	struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
	struct sock_fprog program = {1, &allow};
	char *const none[] = {NULL};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return -1;
	return execve("/bin/true", none, none);
}

/* A ruleset that allows all below "/" does not give back what the first one took. */
long loosen_by_a_ruleset(void)
{
	const uint64_t handled[] = {LANDLOCK_ACCESS_FS_READ_FILE};
	struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};
	long ruleset = syscall(SYS_landlock_create_ruleset, handled, sizeof handled, 0);

	rule.parent_fd = FD_REPO;
	if (ruleset < 0 ||
		syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) ||
		syscall(SYS_landlock_restrict_self, ruleset, 0))
		return -1;
	return openat(FD_REPO, "../../secret", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

static long with_control(bool send)
{
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (!send)
		return recvmsg(STDIN_FILENO, &message, MSG_DONTWAIT);
	*header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(header), &(int){FD_REPO}, sizeof(int));
	return sendmsg(STDOUT_FILENO, &message, 0);
}

long pass_a_descriptor(void)
{
	return with_control(true);
}

long receive_a_descriptor(void)
{
	return with_control(false);
}

long raise_a_limit(void)
{
	const struct rlimit limit = {4096, 4096};

	return setrlimit(RLIMIT_NOFILE, &limit);
}
