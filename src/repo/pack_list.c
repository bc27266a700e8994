/* SPDX-License-Identifier: ISC */
/*
 * repo/pack_list.c: the packs of the directory. Stages fetch and parser; reads below FD_PACK.
 *
 * A pack that cannot be used is passed over, as git does, and remembered for the message that some
 * object is missing. Packs that disappear stay mapped: what was found in them can still be read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/mem.h"
#include "object/sort.h"
#include "repo/directory.h"
#include "repo/odb_parts.h"

/* How far from now a directory's mtime must be when it is read, to tell of every later change. */
#define RACY_SECONDS 2

/* A pack that was not there before. */
struct arrival {
	struct pack *pack;
	struct oid name;
	uint64_t mtime; /* in nanoseconds */
};

struct arrivals {
	struct arrival *list;
	size_t count, cap;
};

bool pack_list_append(struct pack_list *list, struct pack *pack)
{
	if (!mem_grow(&list->list, list->count, &list->cap, sizeof *list->list))
		return false;
	list->list[list->count++] = pack;
	return true;
}

static void note_skipped(struct odb *odb, const char *file, const struct fault *fault)
{
	snprintf(odb->skipped, sizeof odb->skipped, "%.80s: %s: %.60s", file, fault->text,
		fault_detail(fault));
}

/* pack-HEX.idx, and nothing else: git names packs by their checksum. */
static bool parse_idx_name(const char *name, const struct hash_algo *algo, struct oid *out)
{
	struct cursor c = cursor_over_text(name);

	return cursor_literal(&c, "pack-") && cursor_oid_hex(&c, algo, out) &&
	       cursor_is(&c, ".idx");
}

static uint64_t nanoseconds(const struct timespec *t)
{
	return t->tv_sec < 0 ? 0 : (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
}

static uint64_t name_prefix(const struct oid *name)
{
	struct cursor c = cursor_over(name->id, sizeof name->id);
	uint64_t prefix = 0;

	return cursor_be64(&c, &prefix) ? prefix : 0;
}

/* Looks at one file of the directory. */
static const struct fault *consider(struct odb *odb, struct arrivals *new, const char *file)
{
	const struct hash_algo *algo = odb->repo->algo;
	const struct fault *fault;
	struct arrival a = {0};
	struct timespec mtime = {0};

	if (!parse_idx_name(file, algo, &a.name) ||
		oidmap_find(&odb->names, &a.name) != OIDMAP_NONE)
		return NULL;
	if (!mem_grow(&new->list, new->count, &new->cap, sizeof *new->list))
		return &fault_memory;
	fault = pack_map(&a.pack, &a.name, algo, &mtime);
	if (fault == &fault_memory)
		return fault;
	if (fault)
		note_skipped(odb, file, fault);
	a.mtime = nanoseconds(&mtime);
	if (a.pack)
		new->list[new->count++] = a;
	return NULL;
}

static const struct fault *read_names(
	struct odb *odb, struct arrivals *new, struct directory *directory)
{
	const char *name;

	for (;;) {
		TRY(directory_next(directory, &name, NULL));
		if (!name)
			return NULL;
		TRY(consider(odb, new, name));
	}
}

/* Sets the values of KEYS to the arrivals in their order: the oldest first, then by name. */
static void sort_arrivals(const struct arrivals *new, struct sort_key *keys)
{
	for (uint32_t i = 0; i < new->count; i++)
		keys[i] = (struct sort_key){name_prefix(&new->list[i].name), i};
	sort_keys(keys, keys + new->count, new->count);
	for (size_t i = 0; i < new->count; i++)
		keys[i].key = new->list[keys[i].value].mtime;
	sort_keys(keys, keys + new->count, new->count);
}

static const struct fault *admit(struct odb *odb, struct arrival *a)
{
	uint32_t number;

	TRY(oidmap_add(&odb->names, &a->name, &number, NULL));
	if (!pack_list_append(&odb->packs, a->pack))
		return &fault_memory;
	a->pack->number = odb->next_number++;
	a->pack = NULL;
	return NULL;
}

static const struct fault *admit_all(struct odb *odb, struct arrivals *new)
{
	struct sort_key *keys = mem_array(new->count, 2 * sizeof *keys);
	const struct fault *fault = NULL;

	if (!keys)
		return &fault_memory;
	sort_arrivals(new, keys);
	for (size_t i = 0; i < new->count && !fault; i++)
		fault = admit(odb, &new->list[keys[i].value]);
	free(keys);
	return fault;
}

static void arrivals_free(struct arrivals *new)
{
	for (size_t i = 0; i < new->count; i++)
		if (new->list[i].pack)
			pack_free_mapped(new->list[i].pack);
	free(new->list);
}

static const struct fault *read_directory(struct odb *odb, struct directory *directory)
{
	struct arrivals new = {0};
	const struct fault *fault;
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	if (fstat(directory->fd, &st) < 0)
		return fault_errno(&fault_repository_read, errno, "objects/pack");
	odb->skipped[0] = '\0';
	fault = read_names(odb, &new, directory);
	if (!fault)
		fault = admit_all(odb, &new);
	arrivals_free(&new);
	odb->scanned = !fault;
	odb->mtime = st.st_mtim;
	odb->settled = llabs((long long)now.tv_sec - st.st_mtim.tv_sec) > RACY_SECONDS;
	return fault;
}

static bool is_current(const struct odb *odb)
{
	struct stat st;

	return odb->scanned && odb->settled && fstat(FD_PACK, &st) == 0 &&
	       st.st_mtim.tv_sec == odb->mtime.tv_sec && st.st_mtim.tv_nsec == odb->mtime.tv_nsec;
}

const struct fault *pack_list_scan(struct odb *odb, bool *changed)
{
	size_t before = odb->packs.count;
	struct directory directory;
	const struct fault *fault;
	bool found;

	*changed = false;
	if (is_current(odb))
		return NULL;
	TRY(directory_open(&directory, FD_PACK, ".", &found));
	if (!found) {
		odb->scanned = true;
		return NULL;
	}
	fault = read_directory(odb, &directory);
	directory_close(&directory);
	*changed = odb->packs.count != before;
	return fault;
}
