/* SPDX-License-Identifier: ISC */
/*
 * A whole conversation with upload-pack, against a small repository: the first byte is the version
 * of the protocol, the rest is all that the client says. Only the client is ever to blame.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "serve/session.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/watch.h"
#include "tests/made/repository.h"

#define MEMORY(len) ((size_t)64 * (len) + ((size_t)64 << 20))

static struct repo repo;
static struct stream stream;

static int said(const uint8_t *bytes, size_t len)
{
	int fd = memfd_create("client", MFD_CLOEXEC);

	must(fd >= 0 && (!len || write(fd, bytes, len) == (ssize_t)len));
	must(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct outcome outcome = {0};
	struct session session = {&stream, &repo, len ? bytes[0] % 3 : 0, &outcome, false};
	const struct fault *fault;

	if (!len)
		return 0;
	if (!repo.algo)
		made_repository_open(&repo);
	watch_start(MEMORY(len));
	stream_init(&stream, said(bytes + 1, len - 1), open("/dev/null", O_WRONLY | O_CLOEXEC));
	fault = upload_pack(&session);
	must_be_the_peers(fault);
	must(outcome.objects_reused <= outcome.objects);
	close(stream.in);
	close(stream.out);
	watch_end();
	return 0;
}
