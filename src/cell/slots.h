/* SPDX-License-Identifier: ISC */
/*
 * cell/slots.h: how many connections there may be, counted without a resident process.
 *
 * One file, mode 0600, of the service's user. A connection holds two open-file-description locks
 * of one byte each (fcntl(2), F_OFD_SETLK): one names its slot among all, one its number among
 * those of its identity. The kernel drops both when the process is gone, however it went. Beside
 * its lock, at SLOT_SIZE times its number, a connection keeps a record of itself: the scoreboard
 * that "gitcell status" reads. A record without its lock is a dead connection's.
 *
 * Taken in stage boot and completed in stage request; no later stage can write it, and the file is
 * never open for reading: what runs for one peer cannot see the others. Nothing is decided by the
 * records: they are for people to read.
 */
#ifndef CELL_SLOTS_H
#define CELL_SLOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/fault.h"
#include "wire/request.h"

/* The distance of two records: the largest page, so that a mapping shows one and no other. */
#define SLOT_SIZE 65536
#define SLOTS_MAX 10000
#define SLOT_VERSION 2

/* What "gitcell status" shows of a connection; fixed-size, in host byte order. */
struct slot_record {
	uint32_t version; /* SLOT_VERSION */
	uint32_t pid;
	uint32_t uid;        /* (uid_t)-1: anonymous */
	uint64_t started_ms; /* CLOCK_REALTIME */
	int32_t protocol;    /* version; -1: no request yet */
	uint32_t service;    /* enum service */
	char who[USER_NAME_MAX + 32 + 1];
	char repository[REPOSITORY_NAME_MAX + 1]; /* "": no request yet */
};

struct slot {
	bool taken; /* false: connections are not counted */
	uint64_t number;
	struct slot_record record; /* as it was written last */
};

extern const struct fault fault_slots_full;     /* policy: too many connections, try again later */
extern const struct fault fault_slots_identity; /* policy: the same, for this user */
extern const struct fault fault_slots_file;     /* host; the note says what to do */

/*
 * Takes one of CONNECTIONS slots, and one of PER_IDENTITY (0: any number) of IDENTITY
 * (cell/peer.h), in the file PATH, which becomes FD_SLOTS. With 0 CONNECTIONS nothing is opened
 * and nobody is counted. WHO is for the record.
 */
const struct fault *slots_take(const char *path, uint64_t connections, uint64_t per_identity,
	uint64_t identity, uid_t uid, const char *who, struct slot *out) MUST_USE;

/* Completes the record, when the request is known. WHO: NULL, or for whom a relay speaks. */
void slot_serving(struct slot *slot, enum service service, int protocol, const char *repository,
	const char *who);

/*
 * Calls EACH with a copy of every live record in PATH: its strings are terminated, but what they
 * hold is to be escaped. A missing file means no connections. For "gitcell status".
 */
typedef void slot_visitor(void *arg, unsigned number, const struct slot_record *record);
const struct fault *slots_read(const char *path, slot_visitor *each, void *arg) MUST_USE;

#endif
