/* SPDX-License-Identifier: ISC */
/*
 * cell/colleagues.c: a push is served by two processes that trust each other with fixed-size
 * messages only. From stage request into stages parser (the child) and keeper (the parent).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cell/boot.h"
#include "cell/colleagues.h"

const struct fault fault_parser_peer = {BLAME_PEER, "the push broke off"};
const struct fault fault_parser_failed = {BLAME_HOST, "the push could not be parsed"};
const struct fault fault_parser_killed = {BLAME_US, "the parser of the push was killed"};
const struct fault fault_colleagues = {BLAME_HOST, "cannot start the parser of a push"};

/* Moves FD, which may be there already, to NUMBER. */
static const struct fault *place(int fd, int number)
{
	if (fd == number)
		return NULL;
	if (dup3(fd, number, O_CLOEXEC) < 0)
		return fault_errno(&fault_colleagues, errno, "dup3");
	close(fd);
	return NULL;
}

/* --- the parser ------------------------------------------------------------------------------ */

static const struct fault *parse(const struct colleagues_setup *setup, struct session *session)
{
	struct fences fences = {0};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return fault_errno(&fault_colleagues, errno, "PR_SET_PDEATHSIG");
	TRY(boot_death_timer(setup->session_ms));
	TRY(boot_no_more_processes());
	TRY(sandbox_enter(STAGE_PARSER, -1, setup->allow_missing_fences, &fences));
	TRY(receive_pack(session, &setup->rules));
	return stream_flush(session->stream);
}

/* What the keeper's log says of it is the exit status; what the client needs to know, it hears
 * here. */
static void parser(const struct colleagues_setup *setup, struct session *session, int colleague)
{
	const struct fault *fault = place(colleague, FD_COLLEAGUE);

	close(FD_QUARANTINE);
	close(FD_LOG);
	close(FD_SLOTS);
	if (!fault)
		fault = parse(setup, session);
	if (fault && fault != &fault_hangup && !session->told)
		stream_send_err(session->stream, fault->text);
	_exit(fault_exit_status(fault));
}

/* --- the keeper ------------------------------------------------------------------------------ */

static const struct fault *verdict_on_parser(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return fault_errno(&fault_colleagues, errno, "waitpid");
	}
	if (WIFSIGNALED(status))
		return fault_note(&fault_parser_killed, "signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == fault_exit_status(&fault_parser_peer))
		return &fault_parser_peer;
	return WEXITSTATUS(status) ? &fault_parser_failed : NULL;
}

/*
 * The keeper has no connection. Its numbers go to what nobody can write to: if they were free, a
 * new value of a ref could get one, and on_sigbus() speaks to FD_OUT.
 */
static const struct fault *drop_connection(void)
{
	if (dup3(FD_REPO, FD_IN, O_CLOEXEC) < 0 || dup3(FD_REPO, FD_OUT, O_CLOEXEC) < 0)
		return fault_errno(&fault_colleagues, errno, "dup3");
	return NULL;
}

/* The death timer of the parser was set after our own: ours must be the last, since we remove the
 * quarantine and write the log line. */
static const struct fault *outlive_parser(uint64_t session_ms)
{
	return session_ms ? boot_death_timer(session_ms + BOOT_ALARM_GRACE_MS) : NULL;
}

static const struct fault *keep(const struct colleagues_setup *setup, struct session *session,
	struct quarantine *quarantine, struct ref_moves *moves, struct fences *fences)
{
	TRY(sandbox_enter(STAGE_KEEPER, -1, setup->allow_missing_fences, fences));
	return keeper(session->repo, &setup->rules, quarantine, session->outcome, moves);
}

static const struct fault *part(const struct colleagues_setup *setup, struct session *session,
	struct quarantine *quarantine, struct ref_moves *moves, struct fences *fences)
{
	const struct fault *kept, *parsed;
	int pair[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_errno(&fault_colleagues, errno, "socketpair");
	child = fork();
	if (child < 0)
		return fault_errno(&fault_colleagues, errno, "fork");
	if (!child) {
		close(pair[0]);
		parser(setup, session, pair[1]);
	}
	session->told = true; /* by the parser, who alone has the connection now */
	close(pair[1]);
	TRY(drop_connection());
	TRY(outlive_parser(setup->session_ms));
	TRY(place(pair[0], FD_COLLEAGUE));
	kept = keep(setup, session, quarantine, moves, fences);
	close(FD_COLLEAGUE);
	parsed = verdict_on_parser(child);
	/* a keeper that blames us has only seen the parser break off, which knows more */
	return kept && kept->blame != BLAME_US ? kept : parsed ? parsed : kept;
}

const struct fault *colleagues_push(const struct colleagues_setup *setup, struct session *session,
	struct ref_moves *moves, struct fences *fences)
{
	struct quarantine quarantine = {0};
	const struct fault *fault;

	TRY(push_prepare(&quarantine));
	fault = part(setup, session, &quarantine, moves, fences);
	quarantine_remove(&quarantine);
	return fault;
}
