/* SPDX-License-Identifier: ISC */
/*
 * tests/escape/table.c: every attempt, and how it has to end in each stage.
 *
 * The columns of an expectation are those of enum stage: request, fetch, parser, keeper. Paths are
 * relative to FD_REPO, the repository that was granted; cage.h shows what lies around it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "repo/repo.h"
#include "serve/push.h"
#include "tests/escape/attempts.h"
#include "tests/escape/table.h"

/* clang-format off */
#define CALL(call, ...) {.number = SYS_##call, .args = {__VA_ARGS__}}
#define DO(name) {.function = name}
#define P(pointer) ((long)(pointer))

#define ALL(outcome) {outcome, outcome, outcome, outcome}
#define BUT_REQUEST(request, others) {request, others, others, others}
#define WRITERS(writers, readers) {writers, readers, readers, writers}
/* clang-format on */
#define DEADLY ALL(KILLED), ALL(NOT_TRIED), 0

#define READ (O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
#define LOCK (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

const struct trial trials[] = {
	/* What each stage is for. */
	{"read an object", DO(reads_an_object), ALL(WORKS), ALL(WORKS), 0},
	{"list a directory", DO(lists_a_directory), ALL(WORKS), ALL(WORKS), 0},
	{"map a pack to read", DO(maps_a_pack), ALL(WORKS), ALL(WORKS), 0},
	{"allocate, grow and free memory", DO(uses_memory), ALL(WORKS), ALL(WORKS), 0},
	{"wait with a deadline", DO(waits), ALL(WORKS), ALL(WORKS), 0},
	{"ask for time and random bytes", DO(asks_the_clock_and_chance), ALL(WORKS), ALL(WORKS), 0},
	{"write to connection and log", DO(talks_and_logs), {WORKS, WORKS, WORKS, EBADF},
		{WORKS, WORKS, WORKS, EBADF}, 0},
	{"store a pack in the quarantine", DO(stores_a_pack), {WORKS, KILLED, WORKS, KILLED},
		{WORKS, EBADF, WORKS, WORKS}, 0},
	{"move a ref and delete it", DO(moves_a_ref), WRITERS(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 0},
	{"install a pack", DO(installs_a_pack), WRITERS(WORKS, KILLED),
		{WORKS, EBADF, EBADF, WORKS}, 0},
	{"sweep the quarantine", DO(sweeps_the_quarantine), WRITERS(WORKS, KILLED),
		{WORKS, EBADF, EBADF, WORKS}, 0},
	{"sweep a dead quarantine", DO(sweeps_a_dead_quarantine), BUT_REQUEST(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 0},
	{"make a colleague", DO(makes_a_colleague), BUT_REQUEST(WORKS, KILLED), ALL(WORKS), 0},

	/* Becoming another program, or more processes. */
	{"execve", CALL(execve, P("/bin/true"), 0, 0), ALL(KILLED), ALL(EACCES), 1},
	{"execveat", CALL(execveat, AT_FDCWD, P("/bin/true"), 0, 0, 0), ALL(KILLED), ALL(EACCES),
		1},
	{"run a memfd", DO(run_a_memfd), ALL(KILLED), ALL(EACCES), 1},
	{"fork", DO(fork_a_child), BUT_REQUEST(WORKS, KILLED), ALL(WORKS), 0},
	{"clone3", DO(clone3_a_child), BUT_REQUEST(ENOSYS, KILLED), ALL(WORKS), 0},
	{"clone a thread", CALL(clone, CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD), DEADLY},
	{"clone into new namespaces", CALL(clone, CLONE_NEWUSER | SIGCHLD), DEADLY},
	{"clone with high bits set", CALL(clone, (1L << 33) | SIGCHLD), DEADLY},

	/* Reading what was not granted. Below the root, request has yet to be granted something. */
	{"open /etc/passwd", CALL(openat, AT_FDCWD, P("/etc/passwd"), O_RDONLY),
		BUT_REQUEST(EACCES, KILLED), ALL(EACCES), 1},
	{"open /etc/passwd from the repository", CALL(openat, FD_REPO, P("/etc/passwd"), READ),
		ALL(EACCES), ALL(EACCES), 1},
	{"open the secret above the root", CALL(openat, FD_REPO, P("../../secret"), READ),
		ALL(EACCES), ALL(EACCES), 1},
	{"open the sibling by ..", CALL(openat, FD_REPO, P("../sibling.git/HEAD"), READ),
		BUT_REQUEST(WORKS, EACCES), BUT_REQUEST(WORKS, EACCES), 1},
	{"open the sibling by a planted link", CALL(openat, FD_REPO, P("planted.git/HEAD"), READ),
		BUT_REQUEST(WORKS, EACCES), BUT_REQUEST(WORKS, EACCES), 1},
	{"list the sibling", CALL(openat, FD_REPO, P("../sibling.git"), READ | O_DIRECTORY),
		BUT_REQUEST(WORKS, EACCES), BUT_REQUEST(WORKS, EACCES), 1},
	{"list /", CALL(openat, FD_REPO, P("/"), READ | O_DIRECTORY), ALL(EACCES), ALL(EACCES), 1},
	{"open a planted link", CALL(openat, FD_REPO, P("planted"), READ), ALL(ELOOP), ALL(ELOOP),
		0},
	{"follow a planted link", CALL(openat, FD_REPO, P("planted"), O_RDONLY | O_CLOEXEC),
		BUT_REQUEST(EACCES, KILLED), ALL(EACCES), 1},
	{"open by /proc/self/root", CALL(openat, FD_REPO, P("/proc/self/root/etc/passwd"), READ),
		ALL(EACCES), ALL(EACCES), 1},
	{"reopen the repository by /proc/self/fd",
		CALL(openat, FD_REPO, P("/proc/self/fd/8"), O_RDONLY), BUT_REQUEST(WORKS, KILLED),
		ALL(WORKS), 0},
	{"open /proc/self/mem", CALL(openat, FD_REPO, P("/proc/self/mem"), READ), ALL(EACCES),
		ALL(EACCES), 1},
	{"open /proc/self/maps", CALL(openat, FD_REPO, P("/proc/self/maps"), READ), ALL(EACCES),
		ALL(EACCES), 1},
	{"open below an O_PATH descriptor", DO(open_by_o_path), BUT_REQUEST(EACCES, KILLED),
		ALL(EACCES), 1},
	{"O_PATH from the repository", CALL(openat, FD_REPO, P("/etc/passwd"), READ | O_PATH),
		BUT_REQUEST(WORKS, KILLED), ALL(WORKS), 0},
	{"openat2", DO(open_by_openat2), BUT_REQUEST(EACCES, KILLED), ALL(EACCES), 1},
	{"openat from descriptor 5", CALL(openat, 5, P("cell.git/HEAD"), READ),
		BUT_REQUEST(WORKS, KILLED), BUT_REQUEST(WORKS, EBADF), 0},
	{"openat from descriptor 7", CALL(openat, 7, P("HEAD"), READ), BUT_REQUEST(EBADF, KILLED),
		ALL(EBADF), 0},
	{"openat from the quarantine", CALL(openat, FD_QUARANTINE, P("pack"), READ),
		BUT_REQUEST(WORKS, KILLED), {WORKS, EBADF, EBADF, WORKS}, 0},
	{"openat from 8 with high bits set", CALL(openat, (1L << 32) | FD_REPO, P("HEAD"), READ),
		BUT_REQUEST(WORKS, KILLED), ALL(WORKS), 0},
	{"put a descriptor at 8", CALL(dup3, 2, FD_REPO, 0), BUT_REQUEST(WORKS, KILLED), ALL(WORKS),
		0},
	{"dup", CALL(dup, FD_REPO), ALL(KILLED), ALL(WORKS), 0},
	{"F_DUPFD", CALL(fcntl, FD_REPO, F_DUPFD, 0), ALL(KILLED), ALL(WORKS), 0},
	{"name_to_handle_at", CALL(name_to_handle_at, FD_REPO, P("HEAD"), 0, 0, 0), DEADLY},
	{"open_by_handle_at", CALL(open_by_handle_at, FD_REPO, 0, 0), DEADLY},

	/* Whether something exists. newfstatat with a path cannot be told from fstat(): a known
	   leak. */
	{"stat", CALL(newfstatat, AT_FDCWD, P("/etc/passwd"), 0, 0), ALL(KILLED), ALL(EFAULT), 0},
	{"stat as fstat() with a path",
		CALL(newfstatat, AT_FDCWD, P("/etc/passwd"), 0, AT_EMPTY_PATH), ALL(EFAULT),
		ALL(EFAULT), 0},
	{"statx", CALL(statx, AT_FDCWD, P("/etc/passwd"), 0, 0, 0), ALL(ENOSYS), ALL(NOT_TRIED), 0},
	{"faccessat", CALL(faccessat, AT_FDCWD, P("/etc/passwd"), 0), ALL(KILLED), ALL(WORKS), 0},
	{"readlinkat", CALL(readlinkat, FD_REPO, P("planted"), 0, 0), DEADLY},
	{"chdir", CALL(chdir, P("/etc")), ALL(KILLED), ALL(WORKS), 0},
	{"fchdir", CALL(fchdir, FD_REPO), ALL(KILLED), ALL(WORKS), 0},
	{"getxattr", CALL(getxattr, P("/etc/passwd"), P("user.x"), 0, 0), DEADLY},
	{"inotify", CALL(inotify_init1, 0), ALL(KILLED), ALL(WORKS), 0},
	{"fanotify", CALL(fanotify_init, 0, 0), DEADLY},

	/* Changing the repository: the keeper's, by its own few ways. */
	{"create a ref", CALL(openat, FD_REFS, P("heads/x"), LOCK, 0666), WRITERS(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 1},
	{"create a hook", CALL(openat, FD_REPO, P("post-receive"), LOCK, 0777),
		WRITERS(WORKS, KILLED), WRITERS(WORKS, EACCES), 1},
	{"open HEAD to write", CALL(openat, FD_REPO, P("HEAD"), O_RDWR | O_NOFOLLOW | O_CLOEXEC),
		BUT_REQUEST(WORKS, KILLED), WRITERS(WORKS, EACCES), 1},
	{"open HEAD with O_TRUNC", CALL(openat, FD_REPO, P("HEAD"), READ | O_TRUNC),
		BUT_REQUEST(WORKS, KILLED), WRITERS(WORKS, EACCES), 3},
	{"create without O_EXCL", CALL(openat, FD_REPO, P("HEAD"), LOCK & ~O_EXCL, 0666),
		BUT_REQUEST(WORKS, KILLED), WRITERS(WORKS, EACCES), 1},
	{"make an unnamed file",
		CALL(openat, FD_REPO, P("."), O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOFOLLOW, 0600),
		BUT_REQUEST(WORKS, KILLED), WRITERS(WORKS, EACCES), 1},
	{"unlink HEAD", CALL(unlinkat, FD_REPO, P("HEAD"), 0), WRITERS(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 1},
	{"rename HEAD", CALL(renameat, FD_REPO, P("HEAD"), FD_REPO, P("H")), WRITERS(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 1},
	{"make a directory", CALL(mkdirat, FD_REPO, P("d"), 0777), WRITERS(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 1},
	{"link HEAD", CALL(linkat, FD_REPO, P("HEAD"), FD_REPO, P("H"), 0), WRITERS(WORKS, KILLED),
		WRITERS(WORKS, EACCES), 1},
	{"make a symbolic link", CALL(symlinkat, P("/etc"), FD_REPO, P("l")), ALL(KILLED),
		ALL(EACCES), 1},
	{"make a fifo", CALL(mknodat, FD_REPO, P("f"), S_IFIFO | 0666, 0), ALL(KILLED), ALL(EACCES),
		1},
	{"make a device", CALL(mknodat, FD_REPO, P("f"), S_IFCHR | 0666, 0x103), ALL(KILLED),
		ALL(EACCES), 1},
	{"write to a descriptor that is not ours to write", CALL(write, FD_REPO, P("x"), 1),
		WRITERS(EBADF, KILLED), ALL(EBADF), 0},
	{"pwrite to one", CALL(pwrite64, FD_REPO, P("x"), 1, 0), ALL(KILLED), ALL(EBADF), 0},
	{"chmod", CALL(fchmodat, FD_REPO, P("HEAD"), 0777), ALL(KILLED), ALL(WORKS), 0},
	{"fchmod the repository", CALL(fchmod, FD_REPO, 0777), ALL(KILLED), ALL(WORKS), 0},
	{"chown", CALL(fchownat, FD_REPO, P("HEAD"), -1, -1, 0), ALL(KILLED), ALL(WORKS), 0},
	{"setxattr", CALL(fsetxattr, FD_REPO, P("user.x"), P("x"), 1, 0), DEADLY},
	{"utimensat", CALL(utimensat, FD_REPO, P("HEAD"), 0, 0), ALL(KILLED), ALL(WORKS), 0},

	/* Changing what lies elsewhere. */
	{"create beside the repository", CALL(openat, FD_REPO, P("../sibling.git/x"), LOCK, 0666),
		{WORKS, KILLED, KILLED, EACCES}, BUT_REQUEST(WORKS, EACCES), 1},
	{"create above the root", CALL(openat, FD_REPO, P("../../x"), LOCK, 0666),
		WRITERS(EACCES, KILLED), ALL(EACCES), 1},
	{"rename out of the repository",
		CALL(renameat, FD_REPO, P("HEAD"), FD_REPO, P("../sibling.git/x")),
		{WORKS, KILLED, KILLED, EACCES}, BUT_REQUEST(WORKS, EACCES), 1},
	{"rename above the root", CALL(renameat, FD_REPO, P("HEAD"), FD_REPO, P("../../x")),
		WRITERS(EACCES, KILLED), ALL(EACCES), 1},
	{"rename into the repository",
		CALL(renameat, FD_REPO, P("../sibling.git/HEAD"), FD_REPO, P("x")),
		{WORKS, KILLED, KILLED, EACCES}, BUT_REQUEST(WORKS, EACCES), 1},
	{"link the secret into the packs",
		CALL(linkat, FD_QUARANTINE, P("../../../../secret"), FD_PACK, P("x"), 0),
		WRITERS(EXDEV, KILLED), {EXDEV, EBADF, EBADF, EXDEV}, 2},
	{"unlink beside the repository", CALL(unlinkat, FD_REPO, P("../sibling.git/HEAD"), 0),
		{WORKS, KILLED, KILLED, EACCES}, BUT_REQUEST(WORKS, EACCES), 1},
	{"unlink above the root", CALL(unlinkat, FD_REPO, P("../../secret"), 0),
		WRITERS(EACCES, KILLED), ALL(EACCES), 1},

	/* Reaching others. */
	{"socket AF_UNIX", CALL(socket, AF_UNIX, SOCK_STREAM, 0), DEADLY},
	{"socket AF_INET", CALL(socket, AF_INET, SOCK_STREAM, 0), DEADLY},
	{"socket AF_INET6", CALL(socket, AF_INET6, SOCK_DGRAM, 0), DEADLY},
	{"socket AF_NETLINK", CALL(socket, AF_NETLINK, SOCK_RAW, 0), DEADLY},
	{"socket AF_PACKET", CALL(socket, AF_PACKET, SOCK_RAW, 0), DEADLY},
	{"socket AF_VSOCK", CALL(socket, AF_VSOCK, SOCK_STREAM, 0), DEADLY},
	{"socketpair AF_INET", CALL(socketpair, AF_INET, SOCK_STREAM, 0, 0), DEADLY},
	{"connect", CALL(connect, 0, 0, 0), DEADLY},
	{"bind", CALL(bind, 0, 0, 0), DEADLY},
	{"listen", CALL(listen, 0, 1), DEADLY},
	{"accept", CALL(accept4, 0, 0, 0, 0), DEADLY},
	{"sendto", CALL(sendto, 0, P("x"), 1, 0, 0, 0), DEADLY},
	{"connect by TCP", DO(connect_tcp), ALL(KILLED), ALL(EACCES), 4},
	{"connect to an abstract socket", DO(connect_abstract), ALL(KILLED), ALL(EPERM), 6},
	{"pass a descriptor", DO(pass_a_descriptor), DEADLY},
	{"receive a descriptor", DO(receive_a_descriptor), DEADLY},
	{"signal the parent", DO(signal_the_parent), ALL(KILLED), ALL(EPERM), 6},
	{"signal a thread", DO(signal_by_tgkill), ALL(KILLED), ALL(EPERM), 6},
	{"signal everybody", CALL(kill, -1, 0), ALL(KILLED), ALL(NOT_TRIED), 0},
	{"queue a signal", CALL(rt_sigqueueinfo, 1, 0, 0), DEADLY},
	{"pidfd_open", CALL(pidfd_open, 1, 0), DEADLY},
	{"pidfd_send_signal", CALL(pidfd_send_signal, 0, 0, 0, 0), DEADLY},
	{"pidfd_getfd", CALL(pidfd_getfd, 0, 0, 0), DEADLY},
	{"ptrace", DO(ptrace_the_parent), ALL(KILLED), ALL(EPERM), 1},
	{"process_vm_readv", DO(read_the_parents_memory), ALL(KILLED), ALL(EPERM), 1},
	{"process_vm_writev", CALL(process_vm_writev, 1, 0, 0, 0, 0, 0), DEADLY},
	{"kcmp", CALL(kcmp, 1, 1, 0, 0, 0), DEADLY},
	{"ioctl TIOCSTI", CALL(ioctl, 0, TIOCSTI, P("x")), DEADLY},
	{"ioctl FICLONE", CALL(ioctl, FD_REPO, 0x40049409, FD_REFS), DEADLY},

	/* Running code of one's own. */
	{"map executable memory",
		CALL(mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		ALL(KILLED), ALL(WORKS), 0},
	{"map writable and executable memory",
		CALL(mmap, 0, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		ALL(KILLED), ALL(WORKS), 0},
	{"map shared memory to write",
		CALL(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
		ALL(KILLED), ALL(WORKS), 0},
	{"mprotect PROT_EXEC", CALL(mprotect, 0, 4096, PROT_EXEC), DEADLY},
	{"mprotect PROT_WRITE", CALL(mprotect, 0, 4096, PROT_WRITE), DEADLY},
	{"pkey_mprotect", CALL(pkey_mprotect, 0, 4096, PROT_EXEC, -1), DEADLY},
	{"personality READ_IMPLIES_EXEC", CALL(personality, 0x0400000), DEADLY},

	/* The kernel's other doors. */
	{"memfd_create", CALL(memfd_create, P("x"), 0), ALL(KILLED), ALL(WORKS), 0},
	{"io_uring_setup", CALL(io_uring_setup, 1, 0), DEADLY},
	{"userfaultfd", CALL(userfaultfd, 0), DEADLY},
	{"bpf", CALL(bpf, 0, 0, 0), DEADLY},
	{"perf_event_open", CALL(perf_event_open, 0, 0, 0, 0, 0), DEADLY},
	{"keyctl", CALL(keyctl, 0, 0, 0, 0, 0), DEADLY},
	{"add_key", CALL(add_key, 0, 0, 0, 0, 0), DEADLY},
	{"shmget", CALL(shmget, 0, 4096, 0), DEADLY},
	{"splice", CALL(splice, 0, 0, 1, 0, 1, 0), DEADLY},
	{"mount", CALL(mount, 0, 0, 0, 0, 0), DEADLY},
	{"umount2", CALL(umount2, P("/nonexistent"), 0), DEADLY},
	{"open_tree", CALL(open_tree, AT_FDCWD, P("/"), 0), DEADLY},
	{"chroot", CALL(chroot, P("/")), DEADLY},
	{"pivot_root", CALL(pivot_root, 0, 0), DEADLY},
	{"unshare", CALL(unshare, CLONE_NEWUSER), DEADLY},
	{"setns", CALL(setns, 0, 0), DEADLY},

	/* Becoming somebody else, or more. */
	{"setuid", CALL(setuid, 0), DEADLY},
	{"setresuid", CALL(setresuid, 0, 0, 0), DEADLY},
	{"setgroups", CALL(setgroups, 0, 0), DEADLY},
	{"capset", CALL(capset, 0, 0), DEADLY},
	{"setsid", CALL(setsid), DEADLY},
	{"prctl PR_SET_DUMPABLE", CALL(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0), DEADLY},
	{"prctl PR_SET_MM", CALL(prctl, PR_SET_MM, 0, 0, 0, 0), DEADLY},
	{"prctl PR_SET_PTRACER", CALL(prctl, PR_SET_PTRACER, -1, 0, 0, 0), DEADLY},
	{"raise a limit", DO(raise_a_limit), BUT_REQUEST(NOT_TRIED, EPERM), ALL(NOT_TRIED), 0},
	{"limits of another process", CALL(prlimit64, 1, 0, 0, 0), DEADLY},

/* Other ways to call the kernel. */
#ifdef __x86_64__
	{"an x32 call", {.number = 0x40000000 | SYS_getpid}, DEADLY},
#endif
	{"an i386 call", DO(i386_getpid), DEADLY},
	{"a call that does not exist", {.number = 1000}, DEADLY},
	{"call -1", {.number = -1}, DEADLY},

	/* Loosening the sandbox. */
	{"a second, looser filter", DO(loosen_by_a_filter), ALL(KILLED), ALL(EACCES), 1},
	{"a second, looser ruleset", DO(loosen_by_a_ruleset), BUT_REQUEST(EACCES, KILLED),
		ALL(EACCES), 1},
	{"landlock_create_ruleset", CALL(landlock_create_ruleset, 0, 0, 1),
		BUT_REQUEST(WORKS, KILLED), ALL(WORKS), 0},
	{"landlock_add_rule", CALL(landlock_add_rule, 0, 0, 0, 0), BUT_REQUEST(EBADFD, KILLED),
		ALL(NOT_TRIED), 0},
	{"landlock_restrict_self", CALL(landlock_restrict_self, -1, 0), BUT_REQUEST(EBADF, KILLED),
		ALL(NOT_TRIED), 0},
	{"a filter that asks a listener", CALL(seccomp, 1, 8, 0), DEADLY},
	{"prctl PR_SET_SECCOMP", CALL(prctl, PR_SET_SECCOMP, 2, 0, 0, 0), DEADLY},
	{"prctl PR_SET_NO_NEW_PRIVS 0", CALL(prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), DEADLY},
};

const size_t trial_count = sizeof trials / sizeof trials[0];
