/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "serve/keep_verify.h"
#include "tests/unit/serve/indexing.h"

struct index_request indexing_request;
const struct made_repository *indexing_made;
struct index_result indexing_result;

static struct repo repo;
static struct stream stream;
static struct sideband sideband;
static struct remarks remarks = {.sideband = &sideband};

int indexing_open(void **state)
{
	(void)state;
	indexing_made = made_repository_open(&repo);
	return 0;
}

int indexing_usual(void **state)
{
	(void)state;
	indexing_request = (struct index_request){.algo = &hash_sha1, .remarks = &remarks};
	indexing_result = (struct index_result){0};
	return 0;
}

void indexing_base(struct buffer *out)
{
	for (int i = 0; i < 40; i++)
		buffer_format(out, "line %d of a file\n", i);
}

static void check_objects(struct odb *odb, const struct verified_pack *pack)
{
	struct object object;
	struct oid oid, real;
	struct idx idx;

	assert_ok(idx_open(&idx, pack->idx, &hash_sha1, cursor_left(&pack->pack)));
	for (uint32_t i = 0; i < idx.count; i++) {
		idx_oid(&idx, i, &oid);
		assert_ok(odb_read(odb, &oid, &object));
		real = made_oid(object.type, object.content);
		assert_true(oid_equal(&oid, &real));
		object_release(&object);
	}
}

static void check_accepted(void)
{
	const struct keep_pack claim = {
		indexing_result.checksum, indexing_result.count, indexing_result.bytes};
	struct verified_pack pack;

	assert_ok(keep_verify(
		indexing_request.pack_fd, indexing_request.idx_fd, &claim, &hash_sha1, &pack));
	check_objects(indexing_request.odb, &pack);
	verified_pack_free(&pack);
}

static int file(void)
{
	int fd = memfd_create("quarantine", MFD_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

const struct fault *indexing(const struct buffer *pack)
{
	int input = file(), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const struct fault *fault;

	assert_int_equal(pwrite(input, pack->bytes, pack->len, 0), pack->len);
	stream_init(&stream, input, null);
	sideband_init(&sideband, &stream, 0);
	indexing_request.stream = &stream;
	indexing_request.pack_fd = file();
	indexing_request.idx_fd = file();
	assert_ok(odb_open(&indexing_request.odb, &repo));
	fault = index_pack(&indexing_request, &indexing_result);
	if (!fault && indexing_result.count)
		check_accepted();
	odb_close(indexing_request.odb);
	close(indexing_request.pack_fd);
	close(indexing_request.idx_fd);
	close(input);
	close(null);
	return fault;
}
