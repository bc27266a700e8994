/* SPDX-License-Identifier: ISC */
/* repo/ref_read.c: one ref as it is right now. Stage keeper above all; trusts nothing on disk. */
#include <string.h>
#include "repo/loose_refs.h"
#include "repo/packed_refs.h"
#include "repo/ref_read.h"

/* packed-refs is replaced by rename(2), never changed in place. */
static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* FILE is open and not the one that was read before. */
static const struct fault *read_snapshot(
	struct packed_snapshot *snapshot, const struct repo *repo, const struct file *file)
{
	struct buffer text = {.limit = REPO_PACKED_REFS_MAX + 1};
	const struct fault *fault = file_read(file, "packed-refs", REPO_PACKED_REFS_MAX, &text);

	if (fault) {
		buffer_free(&text);
		return fault;
	}
	TRY(packed_refs_list(&snapshot->refs, text, repo->algo));
	snapshot->stat = file->stat;
	snapshot->exists = true;
	return NULL;
}

const struct fault *packed_snapshot_refresh(
	struct packed_snapshot *snapshot, const struct repo *repo)
{
	const struct fault *fault = NULL;
	struct file file;

	TRY(file_open(&file, FD_REPO, "packed-refs"));
	if (file.kind == FILE_DIRECTORY || file.kind == FILE_OTHER)
		return fault_note(&fault_repository_read, "packed-refs: not a regular file");
	if (file.kind == FILE_REGULAR && snapshot->exists &&
		same_file(&file.stat, &snapshot->stat)) {
		file_close(&file);
		return NULL;
	}
	packed_snapshot_free(snapshot);
	if (file.kind == FILE_REGULAR)
		fault = read_snapshot(snapshot, repo, &file);
	file_close(&file);
	return fault;
}

void packed_snapshot_free(struct packed_snapshot *snapshot)
{
	ref_list_free(&snapshot->refs);
	*snapshot = PACKED_SNAPSHOT_INIT;
}

const struct fault *ref_resolve(
	const struct repo *repo, const char *name, char target[REFNAME_MAX + 1], bool *broken)
{
	struct cursor text = cursor_over_text(name);
	struct loose_ref loose;

	*broken = !cursor_copy_text(&text, target, REFNAME_MAX + 1);
	for (unsigned depth = 0; !*broken; depth++) {
		TRY(loose_ref_read(repo, target, &loose));
		*broken = loose.kind == LOOSE_BROKEN ||
			  (loose.kind == LOOSE_SYMREF && depth + 1 == SYMREF_DEPTH_MAX);
		if (loose.kind != LOOSE_SYMREF)
			return NULL;
		memcpy(target, loose.target, sizeof loose.target);
	}
	return NULL;
}

const struct fault *ref_current(const struct repo *repo, struct packed_snapshot *snapshot,
	const char *name, struct ref_now *now)
{
	const struct ref *packed;
	struct loose_ref loose;

	TRY(loose_ref_read(repo, name, &loose));
	*now = (struct ref_now){
		.found = loose.kind == LOOSE_OID,
		.broken = loose.kind == LOOSE_BROKEN || loose.kind == LOOSE_SYMREF,
		.loose = loose.kind != LOOSE_ABSENT,
		.oid = loose.oid,
	};
	if (now->loose)
		return NULL;
	TRY(packed_snapshot_refresh(snapshot, repo));
	packed = ref_search(snapshot->refs.list, snapshot->refs.count, name);
	now->found = packed && !oid_is_null(&packed->oid);
	if (now->found)
		now->oid = packed->oid;
	return NULL;
}

const struct fault *ref_read(
	const struct repo *repo, const char *name, bool *found, struct oid *out)
{
	struct packed_snapshot snapshot = PACKED_SNAPSHOT_INIT;
	char target[REFNAME_MAX + 1];
	const struct fault *fault;
	struct ref_now now;
	bool broken;

	TRY(ref_resolve(repo, name, target, &broken));
	if (broken)
		return fault_note(&fault_refs, "%s is broken", name);
	fault = ref_current(repo, &snapshot, target, &now);
	packed_snapshot_free(&snapshot);
	if (fault)
		return fault;
	if (now.broken)
		return fault_note(&fault_refs, "%s is broken", name);
	*found = now.found;
	if (now.found)
		*out = now.oid;
	return NULL;
}
