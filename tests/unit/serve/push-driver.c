/* SPDX-License-Identifier: ISC */
/*
 * push-driver DIR: what git runs as receive-pack, made of our two processes but without their
 * sandbox: for tests of what they say and do. Prints the ref moves that a log would show to
 * the file that PUSH_DRIVER_LOG names.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "serve/push.h"
#include "wire/request.h"

#define DATA_MAX ((rlim_t)512 << 20) /* as in production */

static struct stream stream;
static struct outcome outcome;

static int complain(const struct fault *fault)
{
	if (fault)
		fprintf(stderr, "fatal: %s: %s (%s)\n", fault->text, fault_detail(fault),
			blame_name(fault->blame));
	return fault_exit_status(fault);
}

static int open_repository(const char *path)
{
	int fd = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int inner = fd < 0 ? -1 : openat(fd, ".git", O_DIRECTORY | O_RDONLY | O_CLOEXEC);

	if (inner < 0)
		return fd;
	close(fd);
	return inner;
}

static int version_offered(void)
{
	const char *list = getenv("GIT_PROTOCOL");

	return list ? protocol_version(cursor_over_text(list)) : 0;
}

static int run_parser(struct repo *repo, const struct push_rules *rules)
{
	struct session session = {&stream, repo, version_offered(), &outcome, false};
	const struct fault *fault;

	close(FD_QUARANTINE);
	stream_init(&stream, 0, 1);
	fault = receive_pack(&session, rules);
	if (fault && !session.told)
		stream_send_err(&stream, fault->text);
	return complain(fault);
}

static void print_moves(const struct repo *repo, const struct ref_moves *moves)
{
	const char *path = getenv("PUSH_DRIVER_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;
	char old_hex[OID_MAX_HEX + 1], new_hex[OID_MAX_HEX + 1];

	if (!log)
		return;
	for (size_t i = 0; i < moves->count; i++)
		fprintf(log, "%s %s %s\n", oid_hex(&moves->list[i].old_oid, repo->algo, old_hex),
			oid_hex(&moves->list[i].new_oid, repo->algo, new_hex), moves->list[i].name);
	fprintf(log, "objects=%" PRIu64 " moved=%u refused=%u agent=%s\n", outcome.objects,
		outcome.refs_moved, outcome.refs_refused, outcome.agent);
	fclose(log);
}

static int run_keeper(const struct repo *repo, const struct push_rules *rules,
	struct quarantine *quarantine, pid_t parser)
{
	struct ref_moves moves = {0};
	const struct fault *fault;
	int status = 0, kept;

	close(0);
	close(1);
	fault = keeper(repo, rules, quarantine, &outcome, &moves);
	close(FD_COLLEAGUE);
	waitpid(parser, &status, 0);
	print_moves(repo, &moves);
	kept = complain(fault);
	free(moves.list);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		return WEXITSTATUS(status);
	return WIFSIGNALED(status) ? 70 : kept;
}

static const struct fault *prepare(const char *path, struct repo *repo, struct quarantine *q)
{
	int dir = open_repository(path);

	if (dir < 0)
		return &fault_not_repository;
	TRY(repo_open(repo, dir));
	return push_prepare(q);
}

int main(int argc, char **argv)
{
	const struct rlimit data = {DATA_MAX, DATA_MAX};
	const struct push_rules rules = {0};
	struct quarantine quarantine;
	struct repo repo;
	int pair[2], status;
	pid_t parser;

	if (argc < 2)
		return complain(&fault_not_repository);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!getenv("ASAN_OPTIONS")) /* its shadow memory would count */
		setrlimit(RLIMIT_DATA, &data);
	status = complain(prepare(argv[argc - 1], &repo, &quarantine));
	if (status)
		return status;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return 71;
	parser = fork();
	if (parser < 0)
		return 71;
	if (dup2(pair[parser ? 0 : 1], FD_COLLEAGUE) < 0)
		return 71;
	close(pair[1]);
	return parser ? run_keeper(&repo, &rules, &quarantine, parser) : run_parser(&repo, &rules);
}
