/* SPDX-License-Identifier: ISC */
/*
 * A keeper whose parser has been taken over: all that it can say, and all that it can leave in the
 * quarantine. The input is "LEN pack LEN idx messages", LEN of two bytes. Whatever it is, what the
 * repository holds afterwards can be loaded, and every object that was there still is.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "repo/odb.h"
#include "repo/refs.h"
#include "serve/colleague.h"
#include "serve/push.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/watch.h"
#include "tests/made/repository.h"

#define MEMORY(len) ((size_t)64 * (len) + ((size_t)64 << 20))
#define LEN_MAX 16384

static struct repo repo;
static const struct made_repository *made;

static void put_file(struct cursor *c, int fd)
{
	struct cursor bytes;
	uint16_t len;

	if (!cursor_be16(c, &len) || !cursor_take(c, len, &bytes))
		bytes = cursor_over("", 0);
	must(pwrite(fd, bytes.at, cursor_left(&bytes), 0) == (ssize_t)cursor_left(&bytes));
}

static void say(struct cursor words)
{
	size_t len = cursor_left(&words);
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	must(!len || write(pair[1], words.at, len) == (ssize_t)len);
	must(shutdown(pair[1], SHUT_WR) == 0);
	/* the parser's end stays open, high up, so that answers find a reader */
	must(dup3(pair[1], 20, O_CLOEXEC) == 20);
	close(pair[1]);
	if (pair[0] != FD_COLLEAGUE) {
		must(dup3(pair[0], FD_COLLEAGUE, O_CLOEXEC) == FD_COLLEAGUE);
		close(pair[0]);
	}
}

/* Older packs win: what was there is read from where it was. */
static void check_repository(void)
{
	struct odb *odb;
	struct refs refs;
	struct object object;
	struct oid real;

	must_be_the_peers(refs_load(&refs, &repo));
	must_be_the_peers(odb_open(&odb, &repo));
	for (size_t i = 0; i < made->count; i++) {
		must_be_the_peers(odb_read(odb, &made->oids[i], &object));
		must(object_hash(&hash_sha1, object.type, object.content.at,
			cursor_left(&object.content), &real));
		must(oid_equal(&real, &made->oids[i]));
		object_release(&object);
	}
	odb_close(odb);
	refs_free(&refs);
}

static void clean_up(struct ref_moves *moves, bool acted)
{
	close(20);
	close(FD_COLLEAGUE);
	for (int fd = FD_QUARANTINE_PACK; fd <= FD_QUARANTINE; fd++)
		close(fd);
	if (acted)
		made_repository_restore();
	free(moves->list);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct push_rules rules;
	struct cursor c = cursor_over(bytes, len);
	struct quarantine quarantine;
	struct outcome outcome = {0};
	struct ref_moves moves = {0};
	const struct fault *fault;

	if (len > LEN_MAX)
		return 0;
	if (!repo.algo)
		made = made_repository_open(&repo);
	watch_start(MEMORY(len));
	must_be_the_peers(push_prepare(&quarantine));
	put_file(&c, FD_QUARANTINE_PACK);
	put_file(&c, FD_QUARANTINE_IDX);
	say(c);
	fault = keeper(&repo, &rules, &quarantine, &outcome, &moves);
	must(moves.count == outcome.refs_moved);
	if (moves.count)
		check_repository();
	clean_up(&moves, fault != &fault_colleague && fault != &fault_keep_message);
	watch_end();
	return 0;
}
