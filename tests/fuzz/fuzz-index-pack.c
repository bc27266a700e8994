/* SPDX-License-Identifier: ISC */
/*
 * A whole pack of a push through the indexer. Whatever comes in: only the client is to blame, the
 * pieces in which it comes do not matter, and what is accepted is a pack whose idx names each
 * object by what it is.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "repo/odb.h"
#include "serve/intake.h"
#include "serve/index_pack.h"
#include "serve/keep_verify.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/watch.h"
#include "tests/made/repository.h"

#define MEMORY(len) ((size_t)64 * (len) + ((size_t)64 << 20))
#define PIECES_LEN_MAX 2048 /* of inputs that are also read byte by byte */

static struct repo repo;
static struct stream stream;

struct run {
	struct odb *odb;
	struct index_result result;
	int input, pack, idx;
};

static int file_with(const uint8_t *bytes, size_t len)
{
	int fd = memfd_create("pack", MFD_CLOEXEC);

	must(fd >= 0 && (!len || write(fd, bytes, len) == (ssize_t)len));
	must(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static const struct fault *index_input(struct run *run, const uint8_t *bytes, size_t len)
{
	static struct sideband sideband;
	struct remarks remarks = {.sideband = &sideband};
	struct index_request request = {&stream, NULL, &hash_sha1, &remarks, 0, 0, 0};

	run->input = file_with(bytes, len);
	run->pack = request.pack_fd = file_with(NULL, 0);
	run->idx = request.idx_fd = file_with(NULL, 0);
	stream_init(&stream, run->input, open("/dev/null", O_WRONLY | O_CLOEXEC));
	sideband_init(&sideband, &stream, CAP_SIDE_BAND_64K);
	must(!odb_open(&run->odb, &repo));
	request.odb = run->odb;
	return index_pack(&request, &run->result);
}

static void end(struct run *run)
{
	odb_close(run->odb);
	close(run->input);
	close(run->pack);
	close(run->idx);
	close(stream.out);
}

/* Every object that the idx names is there, and is what its name says. */
static void check_objects(struct odb *odb, const struct verified_pack *pack)
{
	struct object object;
	struct oid oid, real;
	struct idx idx;

	must(!idx_open(&idx, pack->idx, &hash_sha1, cursor_left(&pack->pack)));
	for (uint32_t i = 0; i < idx.count; i++) {
		idx_oid(&idx, i, &oid);
		must(!odb_read(odb, &oid, &object));
		must(object_hash(&hash_sha1, object.type, object.content.at,
			cursor_left(&object.content), &real));
		must(oid_equal(&oid, &real));
		object_release(&object);
	}
}

static void check_result(const struct run *run)
{
	const struct keep_pack claim = {run->result.checksum, run->result.count, run->result.bytes};
	struct verified_pack pack;

	must(run->result.count >= run->result.received);
	must(!keep_verify(run->pack, run->idx, &claim, &hash_sha1, &pack));
	check_objects(run->odb, &pack);
	verified_pack_free(&pack);
}

static const struct fault *try(const uint8_t *bytes, size_t len)
{
	const struct fault *fault;
	struct run run = {0};

	watch_start(MEMORY(len));
	fault = index_input(&run, bytes, len);
	if (!fault && run.result.count)
		check_result(&run);
	end(&run);
	watch_end();
	return fault;
}

/* Both refuse, or both accept: of two things that are wrong, either may be noticed first. What
 * follows the trailer is only seen if it has come with it. */
static void must_agree(const struct fault *whole, const struct fault *pieces)
{
	if (!pieces == !whole || whole == &fault_pack_garbage)
		return;
	fprintf(stderr, "%s, but in pieces: %s\n", whole ? whole->text : "success",
		pieces ? pieces->text : "success");
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct fault *fault;

	if (!repo.algo)
		made_repository_open(&repo);
	fault = try(bytes, len);
	must_be_the_peers(fault);
	if (len > PIECES_LEN_MAX)
		return 0;
	watch_read_pieces(1);
	must_agree(fault, try(bytes, len));
	watch_read_pieces(0);
	return 0;
}
