/* SPDX-License-Identifier: ISC */
/* repo/loose_refs.c: the files below refs/. Stages request to keeper; trusts nothing in them. */
#include <string.h>
#include "repo/file.h"
#include "repo/loose_refs.h"
#include "repo/ref_walk.h"

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void trim(struct cursor *text)
{
	while (!cursor_at_end(text) && is_space(*text->at))
		text->at++;
	while (!cursor_at_end(text) && is_space(text->end[-1]))
		text->end--;
}

static bool parse_symref(struct cursor text, struct loose_ref *out)
{
	if (!cursor_literal(&text, "ref:"))
		return false;
	trim(&text);
	return cursor_starts(&text, "refs/") && refname_valid(text) &&
	       cursor_copy_text(&text, out->target, sizeof out->target);
}

static bool parse_oid(struct cursor text, const struct hash_algo *algo, struct loose_ref *out)
{
	return cursor_oid_hex(&text, algo, &out->oid) &&
	       (cursor_at_end(&text) || is_space(*text.at)) && !oid_is_null(&out->oid);
}

void loose_ref_parse(struct cursor text, const struct hash_algo *algo, struct loose_ref *out)
{
	if (parse_symref(text, out))
		out->kind = LOOSE_SYMREF;
	else if (parse_oid(text, algo, out))
		out->kind = LOOSE_OID;
	else
		out->kind = LOOSE_BROKEN;
}

/* One that is too large to be a ref is broken, not a reason to refuse the others. */
static const struct fault *read_ref(
	const struct repo *repo, const struct file *file, const char *name, struct loose_ref *out)
{
	const struct fault *fault;
	struct buffer text = {.limit = 2 * REPO_LOOSE_REF_MAX};

	out->kind = LOOSE_BROKEN;
	if (file->stat.st_size > REPO_LOOSE_REF_MAX)
		return NULL;
	fault = file_read(file, name, REPO_LOOSE_REF_MAX, &text);
	if (!fault)
		loose_ref_parse(cursor_over(text.bytes, text.len), repo->algo, out);
	buffer_free(&text);
	return fault;
}

/* Where NAME lies: HEAD in the repository, all others below FD_REFS. */
static int ref_place(const char *name, const char **path)
{
	bool below_refs = strncmp(name, "refs/", 5) == 0;

	*path = below_refs ? name + 5 : name;
	return below_refs ? FD_REFS : FD_REPO;
}

const struct fault *loose_ref_read(const struct repo *repo, const char *name, struct loose_ref *out)
{
	const struct fault *fault = NULL;
	const char *path;
	struct file file;
	int dir = ref_place(name, &path);

	TRY(file_open(&file, dir, path));
	out->kind = file.kind == FILE_OTHER ? LOOSE_BROKEN : LOOSE_ABSENT;
	if (file.kind == FILE_REGULAR)
		fault = read_ref(repo, &file, name, out);
	file_close(&file);
	return fault;
}

/* What was found: an oid, a name with its NUL, a symref target with its NUL, each. */
struct records {
	const struct repo *repo;
	struct buffer bytes;
	size_t count;
};

static void record(struct records *records, const char *name, const struct loose_ref *ref)
{
	const char *target = ref->kind == LOOSE_SYMREF ? ref->target : "";
	static const struct oid null_oid;

	buffer_append(&records->bytes, ref->kind == LOOSE_OID ? &ref->oid : &null_oid,
		sizeof(struct oid));
	buffer_append(&records->bytes, name, strlen(name) + 1);
	buffer_append(&records->bytes, target, strlen(target) + 1);
	records->count++;
}

static const struct fault *visit(void *arg, const char *name, bool is_directory, bool *descend)
{
	struct records *records = arg;
	struct loose_ref ref;

	*descend = is_directory && refname_valid(cursor_over_text(name));
	if (is_directory || !refname_valid(cursor_over_text(name)))
		return NULL;
	TRY(loose_ref_read(records->repo, name, &ref));
	if (ref.kind != LOOSE_ABSENT)
		record(records, name, &ref);
	if (records->count > REFS_MAX)
		return fault_note(&fault_refs, "more than %u refs", REFS_MAX);
	return buffer_check(&records->bytes);
}

/* The records of NAMES become refs that point into it. */
static const struct fault *list_records(struct ref_list *list)
{
	struct cursor rest = cursor_over(list->names.bytes, list->names.len);
	struct cursor oid, name, target;
	struct ref ref;

	while (!cursor_at_end(&rest)) {
		if (!cursor_take(&rest, sizeof ref.oid, &oid) ||
			!cursor_until(&rest, '\0', &name) || !cursor_until(&rest, '\0', &target))
			return &fault_internal;
		ref = (struct ref){.name = (const char *)name.at};
		memcpy(&ref.oid, oid.at, sizeof ref.oid);
		if (!cursor_at_end(&target))
			ref.symref = (const char *)target.at;
		TRY(ref_list_add(list, &ref));
	}
	return NULL;
}

const struct fault *loose_refs_load(struct ref_list *list, const struct repo *repo)
{
	struct records records = {.repo = repo, .bytes = {.limit = REPO_PACKED_REFS_MAX}};
	const struct fault *fault = ref_walk("refs", visit, &records);

	list->names = records.bytes;
	if (!fault)
		fault = list_records(list);
	if (!fault)
		ref_list_sort(list);
	return fault;
}
