/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_transaction.c: judging updates of refs and making them. Stage keeper; trusts neither the
 * names and oids that it is given nor what is on disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/mem.h"
#include "repo/file_write.h"
#include "repo/packed_refs_write.h"
#include "repo/ref_dirs.h"
#include "repo/ref_lock.h"
#include "repo/ref_read.h"
#include "repo/ref_transaction.h"
#include "repo/ref_walk.h"
#include "repo/sort.h"

/* Deletes that one rewriting of packed-refs serves; ext4 allows 65,000 links to the guard. */
#define DELETES_AT_ONCE 16384

struct transaction {
	const struct repo *repo;
	struct ref_guard guard;
	struct packed_snapshot packed;
	char unsynced[REFNAME_MAX + 1]; /* a ref whose directory has changed, or "" */
	bool unsure;                    /* a directory that has changed is perhaps not on disk */
};

/* ---- what every update goes through ---- */

static const char *judge(const struct ref_update *update, const struct ref_now *now)
{
	bool must_exist = !oid_is_null(&update->old_oid) || oid_is_null(&update->new_oid);

	if (now->broken)
		return REFUSED_OTHERWISE;
	if (!now->found)
		return must_exist ? "reference does not exist" : NULL;
	if (oid_is_null(&update->old_oid))
		return "reference already exists";
	return oid_equal(&now->oid, &update->old_oid) ? NULL : "incorrect old value provided";
}

static const struct fault *judge_locked(struct transaction *t, const struct ref_update *update,
	const char *name, struct ref_now *now, const char **refusal)
{
	const struct fault *fault = ref_current(t->repo, &t->packed, name, now);

	*refusal = fault ? REFUSED_OTHERWISE : judge(update, now);
	/* what lies broken in the repository is no failure of the host */
	return fault && fault->blame == BLAME_HOST ? fault : NULL;
}

static void release(const char *name)
{
	ref_unlock(name);
	ref_parents_prune(name);
}

/* What lies next to refs/heads, as refs/stash does, may only go. */
static bool may_change(const struct ref_update *update, const char *name)
{
	struct cursor text = cursor_over_text(name);

	return refname_pushable(text) ||
	       (oid_is_null(&update->new_oid) && cursor_starts(&text, "refs/") &&
		       refname_valid(text));
}

/* Locks NAME, the end of the chain that begins with the update's, and looks at its old value. The
 * lock is held on return if there is neither a refusal nor a fault. */
static const struct fault *begin(struct transaction *t, const struct ref_update *update,
	char name[REFNAME_MAX + 1], struct ref_now *now, const char **refusal)
{
	const struct fault *fault;
	bool broken;

	*refusal = REFUSED_OTHERWISE;
	if (!may_change(update, update->name))
		return NULL;
	TRY(ref_resolve(t->repo, update->name, name, &broken));
	if (broken || !may_change(update, name))
		return NULL;
	TRY(ref_lock(&t->guard, name, refusal));
	if (*refusal) {
		ref_parents_prune(name);
		return NULL;
	}
	fault = judge_locked(t, update, name, now, refusal);
	if (fault || *refusal)
		release(name);
	return fault;
}

/* ---- directories are made to last once for the neighbours in them ---- */

static bool same_directory(const char *a, const char *b)
{
	const char *slash = strrchr(a, '/');
	size_t len = slash ? (size_t)(slash - a) + 1 : 0;

	return strncmp(a, b, len) == 0 && !strchr(b + len, '/');
}

static const struct fault *synced(struct transaction *t, const struct fault *fault)
{
	t->unsure |= fault != NULL;
	return fault;
}

static const struct fault *sync_directory(struct transaction *t)
{
	const struct fault *fault = NULL;

	if (t->unsynced[0])
		fault = synced(t, ref_parent_sync(t->unsynced));
	t->unsynced[0] = '\0';
	return fault;
}

static const struct fault *sync_later(struct transaction *t, const char *name)
{
	struct cursor text = cursor_over_text(name);
	const struct fault *fault = NULL;

	if (!same_directory(t->unsynced, name))
		fault = sync_directory(t);
	if (!cursor_copy_text(&text, t->unsynced, sizeof t->unsynced))
		return &fault_internal;
	return fault;
}

/* ---- creates and updates ---- */

static const struct fault *write_value(const struct repo *repo, const struct oid *oid)
{
	const struct fault *fault, *unfinished;
	char line[OID_MAX_HEX + 2];
	int fd;

	memcpy(oid_hex(oid, repo->algo, line) + repo->algo->hexsize, "\n", 2);
	TRY(file_create(FD_REPO, REF_VALUE_FILE, 0666, &fd));
	fault = file_append(fd, REF_VALUE_FILE, line, strlen(line));
	unfinished = file_finish(fd, REF_VALUE_FILE);
	if (!fault)
		fault = unfinished;
	if (fault)
		unlinkat(FD_REPO, REF_VALUE_FILE, 0);
	return fault;
}

static int rename_value(const char *name)
{
	return renameat(FD_REPO, REF_VALUE_FILE, FD_REFS, ref_path(name)) < 0 ? errno : 0;
}

/* A directory of that name gives way if there is nothing in it. */
static const struct fault *place_value(const char *name, const char **refusal)
{
	int error = rename_value(name);
	bool empty;

	if (error == EISDIR) {
		TRY(ref_directory_remove(name, &empty));
		error = empty ? rename_value(name) : ENOTEMPTY;
	}
	if (error)
		unlinkat(FD_REPO, REF_VALUE_FILE, 0);
	if (error && error != EISDIR && error != ENOTEMPTY)
		return fault_errno(&fault_repository_write, error, name);
	*refusal = error ? REFUSED_CONFLICT : NULL;
	return NULL;
}

static bool packed_below(const struct ref_list *packed, const char *name)
{
	char directory[REFNAME_MAX + 2];
	size_t len = strlen(name), at;

	memcpy(directory, name, len);
	memcpy(directory + len, "/", 2);
	at = ref_position(packed->list, packed->count, directory);
	return at < packed->count && strncmp(packed->list[at].name, directory, len + 1) == 0;
}

static bool packed_above(const struct ref_list *packed, const char *name)
{
	char parent[REFNAME_MAX + 1];
	size_t len = strlen(name);

	memcpy(parent, name, len + 1);
	while (len-- > 0) {
		if (parent[len] != '/')
			continue;
		parent[len] = '\0';
		if (ref_search(packed->list, packed->count, parent))
			return true;
	}
	return false;
}

/* For loose refs the file system sees to it that no ref is below another. */
static const struct fault *check_packed_conflict(
	struct transaction *t, const char *name, bool *conflict)
{
	TRY(packed_snapshot_refresh(&t->packed, t->repo));
	*conflict = packed_below(&t->packed.refs, name) || packed_above(&t->packed.refs, name);
	return NULL;
}

static const struct fault *set_value(
	struct transaction *t, struct ref_update *update, const char *name)
{
	TRY(write_value(t->repo, &update->new_oid));
	TRY(place_value(name, &update->refusal));
	return update->refusal ? NULL : sync_later(t, name);
}

/* The update is refused until its ref has moved. */
static const struct fault *move_locked(struct transaction *t, struct ref_update *update,
	const char *name, const struct ref_now *now)
{
	bool conflict = false;

	if (!now->found)
		TRY(check_packed_conflict(t, name, &conflict));
	else if (oid_equal(&now->oid, &update->new_oid))
		update->refusal = NULL;
	if (conflict)
		update->refusal = REFUSED_CONFLICT;
	return conflict || !update->refusal ? NULL : set_value(t, update, name);
}

static const struct fault *move(struct transaction *t, struct ref_update *update)
{
	char name[REFNAME_MAX + 1];
	const struct fault *fault;
	const char *refusal;
	struct ref_now now;

	TRY(begin(t, update, name, &now, &refusal));
	if (refusal) {
		update->refusal = refusal;
		return NULL;
	}
	fault = move_locked(t, update, name, &now);
	release(name);
	return fault;
}

/* ---- deletes, many at once ---- */

struct deletion {
	struct ref_update *update;
	char *name; /* that is locked */
	bool loose;
};

struct deletions {
	struct deletion *list;
	size_t count;
	struct ref_list names; /* the same, sorted; NAMES.names is empty */
};

static const struct fault *lock_deletion(
	struct transaction *t, struct ref_update *update, struct deletions *deletions)
{
	struct deletion *deletion = &deletions->list[deletions->count];
	char name[REFNAME_MAX + 1];
	const struct fault *fault;
	const char *refusal;
	struct ref_now now;

	TRY(begin(t, update, name, &now, &refusal));
	if (refusal) {
		update->refusal = refusal;
		return NULL;
	}
	*deletion = (struct deletion){update, mem_text(name, strlen(name)), now.loose};
	fault = deletion->name
			? ref_list_add(&deletions->names, &(struct ref){.name = deletion->name})
			: &fault_memory;
	if (fault) {
		free(deletion->name);
		release(name);
		return fault;
	}
	deletions->count++;
	return NULL;
}

static const struct fault *unlink_loose(struct transaction *t, const struct deletion *deletion)
{
	if (unlinkat(FD_REFS, ref_path(deletion->name), 0) < 0 && errno != ENOENT)
		return fault_errno(&fault_repository_write, errno, deletion->name);
	deletion->update->refusal = NULL;
	return sync_later(t, deletion->name);
}

/* Those that were only packed are gone now, whatever happens to the others. */
static const struct fault *drop_packed(struct transaction *t, const struct deletions *deletions)
{
	bool dropped;

	TRY(packed_refs_drop(t->repo, &deletions->names, &dropped));
	for (size_t i = 0; i < deletions->count; i++)
		if (!deletions->list[i].loose)
			deletions->list[i].update->refusal = NULL;
	return dropped ? synced(t, directory_sync(FD_REPO, ".")) : NULL;
}

/* Only when no packed value can come to light is the loose one removed. */
static const struct fault *delete_locked(struct transaction *t, struct deletions *deletions)
{
	ref_list_sort(&deletions->names);
	packed_snapshot_free(&t->packed); /* room for the new text */
	TRY(drop_packed(t, deletions));
	for (size_t i = 0; i < deletions->count; i++)
		if (deletions->list[i].loose)
			TRY(unlink_loose(t, &deletions->list[i]));
	return NULL;
}

static void release_deletions(struct deletions *deletions)
{
	for (size_t i = 0; i < deletions->count; i++) {
		release(deletions->list[i].name);
		free(deletions->list[i].name);
	}
	free(deletions->list);
	ref_list_free(&deletions->names);
}

static const struct fault *lock_and_delete(struct transaction *t, struct ref_update **updates,
	size_t count, struct deletions *deletions)
{
	const struct fault *fault;
	bool taken;

	for (size_t i = 0; i < count; i++)
		TRY(lock_deletion(t, updates[i], deletions));
	if (!deletions->count)
		return NULL;
	TRY(packed_refs_lock(&taken));
	if (!taken)
		return NULL;
	fault = delete_locked(t, deletions);
	packed_refs_unlock();
	return fault;
}

static const struct fault *delete_some(
	struct transaction *t, struct ref_update **updates, size_t count)
{
	struct deletions deletions = {
		.list = mem_array(count, sizeof *deletions.list), .names = REF_LIST_INIT};
	const struct fault *fault;

	if (!deletions.list)
		return &fault_memory;
	fault = lock_and_delete(t, updates, count, &deletions);
	release_deletions(&deletions);
	return fault;
}

/* ---- the whole ---- */

/* By name; of two with one name, in the order in which they were given. */
static bool update_less(const void *left, const void *right)
{
	const struct ref_update *a = *(struct ref_update *const *)left;
	const struct ref_update *b = *(struct ref_update *const *)right;
	int order = strcmp(a->name, b->name);

	return order ? order < 0 : a < b;
}

/* The updates in order of their names, without second ones of a name; deletes first. */
struct plan {
	struct ref_update **list;
	size_t count, deletes;
};

static void split_deletes(struct plan *plan, struct ref_update **sorted, size_t count)
{
	for (int deletes = 1; deletes >= 0; deletes--) {
		for (size_t i = 0; i < count; i++) {
			if (i > 0 && strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
				continue;
			if (oid_is_null(&sorted[i]->new_oid) == deletes)
				plan->list[plan->count++] = sorted[i];
		}
		if (deletes)
			plan->deletes = plan->count;
	}
}

static const struct fault *make_plan(struct plan *plan, struct ref_update *updates, size_t count)
{
	struct ref_update **sorted = mem_array(count, sizeof *sorted);

	*plan = (struct plan){.list = mem_array(count, sizeof *plan->list)};
	if (!sorted || !plan->list) {
		free(sorted);
		free(plan->list);
		return &fault_memory;
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = &updates[i];
	sort(sorted, count, sizeof *sorted, update_less);
	split_deletes(plan, sorted, count);
	free(sorted);
	return NULL;
}

static const struct fault *move_all(struct transaction *t, const struct plan *plan)
{
	size_t left;

	for (size_t i = 0; i < plan->deletes; i += DELETES_AT_ONCE) {
		left = plan->deletes - i;
		TRY(delete_some(
			t, plan->list + i, left < DELETES_AT_ONCE ? left : DELETES_AT_ONCE));
	}
	for (size_t i = plan->deletes; i < plan->count; i++)
		TRY(move(t, plan->list[i]));
	return NULL;
}

/* What has moved before a fault is made to last, too. */
static const struct fault *carry_out(struct transaction *t, const struct plan *plan)
{
	const struct fault *fault = move_all(t, plan);
	const struct fault *unsynced = sync_directory(t);

	return fault ? fault : unsynced;
}

const struct fault *ref_transaction(
	const struct repo *repo, struct ref_update *updates, size_t count)
{
	struct transaction t = {.repo = repo, .packed = PACKED_SNAPSHOT_INIT};
	const struct fault *fault;
	struct plan plan;

	for (size_t i = 0; i < count; i++)
		updates[i].refusal = REFUSED_OTHERWISE;
	TRY(make_plan(&plan, updates, count));
	fault = ref_guard_enter(&t.guard);
	if (!fault) {
		fault = carry_out(&t, &plan);
		ref_guard_leave(&t.guard);
	}
	for (size_t i = 0; i < count; i++)
		updates[i].unsure = t.unsure && !updates[i].refusal;
	packed_snapshot_free(&t.packed);
	free(plan.list);
	return fault;
}
