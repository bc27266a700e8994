/* SPDX-License-Identifier: ISC */
/*
 * cell/slots.c: counting by locks. Stages boot and request; trusts the slots file to be its own
 * service's, which it checks, and no record in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/cursor.h"
#include "cell/boot.h"
#include "cell/slots.h"

const struct fault fault_slots_full = {BLAME_POLICY, "too many connections, try again later"};
const struct fault fault_slots_identity = {
	BLAME_POLICY, "too many connections of this user, try again later"};
const struct fault fault_slots_file = {BLAME_HOST, "cannot count connections"};

_Static_assert(sizeof(struct slot_record) <= SLOT_SIZE, "a record fits in its slot");

/* The locks of identities stand far behind the records, where the file never reaches: room for
 * 2^16 connections of each of 2^33 identities. */
#define IDENTITY_BASE (INT64_C(1) << 40)
#define IDENTITY_STRIDE (INT64_C(1) << 16)

/* Locks the byte AT; false if somebody else holds it. */
static const struct fault *try_lock(int fd, int64_t at, bool *locked)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};

	*locked = fcntl(fd, F_OFD_SETLK, &lock) == 0;
	if (*locked || errno == EAGAIN || errno == EACCES)
		return NULL;
	return fault_errno(&fault_slots_file, errno, "F_OFD_SETLK");
}

/* Takes the first free of COUNT bytes that stand STRIDE apart; *TAKEN is COUNT if there is none. */
static const struct fault *take_first(
	int fd, int64_t base, int64_t stride, uint64_t count, uint64_t *taken)
{
	bool locked = false;

	for (*taken = 0; *taken < count; ++*taken) {
		TRY(try_lock(fd, base + (int64_t)*taken * stride, &locked));
		if (locked)
			return NULL;
	}
	return NULL;
}

/* Opens PATH at FD_SLOTS: a regular file that nobody but its owner can use. */
static const struct fault *open_file(const char *path)
{
	struct stat st;
	int fd = open(
		path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);

	if (fd < 0)
		return fault_note(&fault_slots_file,
			"%s: %s: create it for the service's user (tmpfiles.d does) or set "
			"gitcell.slots or gitcell.connections = 0",
			path, strerrordesc_np(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 ||
		st.st_uid != geteuid()) {
		close(fd);
		return fault_note(&fault_slots_file,
			"%s must be a regular file of the service's user, mode 600", path);
	}
	if (fd == FD_SLOTS)
		return NULL;
	if (dup3(fd, FD_SLOTS, O_CLOEXEC) < 0)
		return fault_errno(&fault_slots_file, errno, "dup3");
	close(fd);
	return NULL;
}

static void set_text(char *out, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(out, text, len);
	out[len] = '\0';
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* What cannot be written is missing in "gitcell status", and nowhere else. */
static void write_record(const struct slot *slot)
{
	ssize_t ignored = pwrite(
		FD_SLOTS, &slot->record, sizeof slot->record, (off_t)slot->number * SLOT_SIZE);

	(void)ignored;
}

static void begin_record(struct slot *slot, uid_t uid, const char *who)
{
	slot->record = (struct slot_record){
		.version = SLOT_VERSION,
		.pid = (uint32_t)getpid(),
		.uid = uid,
		.started_ms = now_ms(),
		.protocol = -1,
	};
	set_text(slot->record.who, sizeof slot->record.who, who);
	slot->taken = true;
	write_record(slot);
}

/* Closing the file drops whatever was locked. */
static const struct fault *refuse(const struct fault *fault)
{
	close(FD_SLOTS);
	return fault;
}

const struct fault *slots_take(const char *path, uint64_t connections, uint64_t per_identity,
	uint64_t identity, uid_t uid, const char *who, struct slot *out)
{
	int64_t base = IDENTITY_BASE + (int64_t)identity * IDENTITY_STRIDE;
	const struct fault *fault;
	uint64_t number = 0, place = 0;

	out->taken = false;
	if (!connections)
		return NULL;
	if (connections > SLOTS_MAX || per_identity > SLOTS_MAX || identity >> 33)
		return fault_note(&fault_internal, "a number of connections out of range");
	TRY(open_file(path));
	/* the user's own first: whoever is over it does not touch the slots of others */
	fault = take_first(FD_SLOTS, base, 1, per_identity, &place);
	if (!fault && per_identity && place == per_identity)
		fault = fault_note(
			&fault_slots_identity, "the limit is %u", (unsigned)per_identity);
	if (!fault)
		fault = take_first(FD_SLOTS, 0, SLOT_SIZE, connections, &number);
	if (!fault && number == connections)
		fault = fault_note(&fault_slots_full, "the limit is %u", (unsigned)connections);
	if (fault)
		return refuse(fault);
	out->number = number;
	begin_record(out, uid, who);
	return NULL;
}

void slot_serving(struct slot *slot, enum service service, int protocol, const char *repository,
	const char *who)
{
	struct slot_record *record = &slot->record;

	if (!slot->taken)
		return;
	record->service = service;
	record->protocol = protocol;
	set_text(record->repository, sizeof record->repository, repository);
	if (who)
		set_text(record->who, sizeof record->who, who);
	write_record(slot);
}

static bool is_held(int fd, int64_t at)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};

	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* A whole record, or false: none there, or another version. Read twice, for one that changes. */
static bool read_record(int fd, off_t at, struct slot_record *out)
{
	struct slot_record again;

	for (int tries = 0; tries < 100; tries++) {
		if (pread(fd, out, sizeof *out, at) != (ssize_t)sizeof *out ||
			pread(fd, &again, sizeof again, at) != (ssize_t)sizeof again)
			return false;
		if (memcmp(out, &again, sizeof again) == 0)
			break;
	}
	out->who[sizeof out->who - 1] = '\0';
	out->repository[sizeof out->repository - 1] = '\0';
	return out->version == SLOT_VERSION && out->service <= SERVICE_RECEIVE_PACK;
}

const struct fault *slots_read(const char *path, slot_visitor *each, void *arg)
{
	struct slot_record record;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0)
		return fault_errno(&fault_slots_file, errno, path);
	if (fstat(fd, &st) < 0)
		st.st_size = 0;
	for (off_t i = 0; i < SLOTS_MAX && i * SLOT_SIZE < st.st_size; i++)
		if (is_held(fd, i * SLOT_SIZE) && read_record(fd, i * SLOT_SIZE, &record))
			each(arg, (unsigned)i, &record);
	close(fd);
	return NULL;
}
