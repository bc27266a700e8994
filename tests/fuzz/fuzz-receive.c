/* SPDX-License-Identifier: ISC */
/*
 * A whole conversation with receive-pack, both of its processes in this one: where the parser first
 * waits for the keeper's answer, the keeper runs, at the other end of the socketpair. The input is
 * all that the client says: commands and a pack, whose trailer is put right first.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/hash.h"
#include "serve/colleague.h"
#include "serve/push.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/watch.h"
#include "tests/made/repository.h"

#define MEMORY(len) ((size_t)64 * (len) + ((size_t)192 << 20)) /* a header may ask for 128 MiB */
#define LEN_MAX 16384 /* so that what the parser says fits into the socketpair */

static struct repo repo;
static struct stream stream;
static struct push_rules rules;
static struct quarantine quarantine;
static struct outcome outcome;
static struct ref_moves moves;
static int keeper_end;
static bool keeper_ran;
static const struct fault *kept;

/* --- two processes in one --------------------------------------------------------------------- */

const struct fault *__real_colleague_receive(struct colleague *c, struct keep_message *out);
const struct fault *__wrap_colleague_receive(struct colleague *c, struct keep_message *out);

static void run_keeper(void)
{
	int parser_end = fcntl(FD_COLLEAGUE, F_DUPFD_CLOEXEC, 20);

	keeper_ran = true;
	must(dup3(keeper_end, FD_COLLEAGUE, O_CLOEXEC) >= 0);
	kept = keeper(&repo, &rules, &quarantine, &outcome, &moves);
	must(dup3(parser_end, FD_COLLEAGUE, O_CLOEXEC) >= 0);
	close(parser_end);
}

const struct fault *__wrap_colleague_receive(struct colleague *c, struct keep_message *out)
{
	if (!keeper_ran)
		run_keeper();
	return __real_colleague_receive(c, out);
}

/* --- one input -------------------------------------------------------------------------------- */

static void connect_ends(void)
{
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	keeper_end = fcntl(pair[0], F_DUPFD_CLOEXEC, 20);
	close(pair[0]);
	if (pair[1] != FD_COLLEAGUE) {
		must(dup3(pair[1], FD_COLLEAGUE, O_CLOEXEC) >= 0);
		close(pair[1]);
	}
	keeper_ran = false;
	kept = NULL;
}

/* What looks like the beginning of a pack ends with its own checksum. */
static int said(const uint8_t *bytes, size_t len)
{
	const uint8_t *pack = memmem(bytes, len, "0000PACK", 8);
	int file = memfd_create("client", MFD_CLOEXEC), fd = fcntl(file, F_DUPFD_CLOEXEC, 20);
	struct hash_ctx hash;
	struct oid trailer;

	close(file);
	must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	if (pack && len - (size_t)(pack - bytes) >= 36) {
		hash_sha1_plain.init(&hash);
		hash_sha1_plain.update(&hash, pack + 4, len - (size_t)(pack + 4 - bytes) - 20);
		must(hash_sha1_plain.final(&hash, &trailer));
		must(pwrite(fd, trailer.id, 20, (off_t)len - 20) == 20);
	}
	must(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static void serve(const uint8_t *bytes, size_t len)
{
	struct session session = {&stream, &repo, 0, &outcome, false};
	const struct fault *fault;
	int null;

	connect_ends();
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	stream_init(&stream, said(bytes, len), fcntl(null, F_DUPFD_CLOEXEC, 20));
	close(null);
	must(!push_prepare(&quarantine));
	fault = receive_pack(&session, &rules);
	must_be_the_peers(fault);
	/* a parser that honestly asks is never called a liar */
	must_be_the_peers(kept);
	if (!keeper_ran)
		quarantine_remove(&quarantine);
}

static void clean_up(void)
{
	close(stream.in);
	close(stream.out);
	close(keeper_end);
	close(FD_COLLEAGUE);
	for (int fd = FD_QUARANTINE_PACK; fd <= FD_QUARANTINE; fd++)
		close(fd);
	if (moves.count)
		made_repository_restore();
	free(moves.list);
	moves = (struct ref_moves){0};
	outcome = (struct outcome){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > LEN_MAX || !len)
		return 0;
	if (!repo.algo)
		made_repository_open(&repo);
	watch_start(MEMORY(len));
	serve(bytes, len);
	clean_up();
	watch_end();
	return 0;
}
