/* SPDX-License-Identifier: ISC */
/*
 * repo/loose_refs.c: the files below refs/. Stages request to keeper; trusts nothing in them.
 *
 * The walk keeps its own list of directories: depth costs heap, and is bounded by REFNAME_MAX.
 */
#include <dirent.h>
#include <string.h>
#include "repo/directory.h"
#include "repo/file.h"
#include "repo/loose_refs.h"

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

/* *KIND says what was found, a directory included. */
static const struct fault *read_named(
	const struct repo *repo, const char *name, struct loose_ref *out, enum file_kind *kind)
{
	const struct fault *fault = NULL;
	const char *path;
	struct file file;
	int dir = ref_place(name, &path);

	TRY(file_open(&file, dir, path));
	*kind = file.kind;
	out->kind = file.kind == FILE_OTHER ? LOOSE_BROKEN : LOOSE_ABSENT;
	if (file.kind == FILE_REGULAR)
		fault = read_ref(repo, &file, name, out);
	file_close(&file);
	return fault;
}

const struct fault *loose_ref_read(const struct repo *repo, const char *name, struct loose_ref *out)
{
	enum file_kind kind;

	return read_named(repo, name, out, &kind);
}

/*
 * While walking: directories still to be read, each a NUL-terminated name, the next one last; and
 * what was found, each an oid, a name with its NUL, a symref target with its NUL.
 */
struct ref_walk {
	const struct repo *repo;
	struct buffer pending, found;
	size_t directories, refs;
};

static void push_directory(struct ref_walk *walk, const char *name)
{
	buffer_append(&walk->pending, name, strlen(name) + 1);
	walk->directories++;
}

static void pop_directory(struct ref_walk *walk, char name[REFNAME_MAX + 1])
{
	size_t start = walk->pending.len - 1;

	while (start > 0 && walk->pending.bytes[start - 1] != '\0')
		start--;
	memcpy(name, walk->pending.bytes + start, walk->pending.len - start);
	walk->pending.len = start;
}

static void record(struct ref_walk *walk, const char *name, const struct loose_ref *ref)
{
	const char *target = ref->kind == LOOSE_SYMREF ? ref->target : "";
	static const struct oid null_oid;

	buffer_append(
		&walk->found, ref->kind == LOOSE_OID ? &ref->oid : &null_oid, sizeof(struct oid));
	buffer_append(&walk->found, name, strlen(name) + 1);
	buffer_append(&walk->found, target, strlen(target) + 1);
	walk->refs++;
}

/* NAME is an entry of a directory, of TYPE as far as that is known. */
static const struct fault *visit(struct ref_walk *walk, const char *name, unsigned char type)
{
	enum file_kind kind = FILE_DIRECTORY;
	struct loose_ref ref;

	if (type != DT_DIR)
		TRY(read_named(walk->repo, name, &ref, &kind));
	if (kind == FILE_DIRECTORY)
		push_directory(walk, name);
	else if (ref.kind != LOOSE_ABSENT)
		record(walk, name, &ref);
	if (walk->directories > REFS_MAX || walk->refs > REFS_MAX)
		return fault_note(&fault_refs, "more than %u refs", REFS_MAX);
	return NULL;
}

/* Writes PARENT/ENTRY to OUT; false if that cannot be a ref or a directory of refs. */
static bool join(const char *parent, const char *entry, char out[REFNAME_MAX + 1])
{
	size_t parent_len = strlen(parent), entry_len = strlen(entry);

	if (parent_len + 1 + entry_len > REFNAME_MAX)
		return false;
	memcpy(out, parent, parent_len);
	out[parent_len] = '/';
	memcpy(out + parent_len + 1, entry, entry_len + 1);
	return refname_valid(cursor_over_text(out));
}

static const struct fault *list_directory(
	struct ref_walk *walk, struct directory *directory, const char *parent)
{
	char name[REFNAME_MAX + 1];
	const char *entry;
	unsigned char type;

	for (;;) {
		TRY(directory_next(directory, &entry, &type));
		if (!entry)
			return NULL;
		if (join(parent, entry, name))
			TRY(visit(walk, name, type));
	}
}

static const struct fault *walk_directory(struct ref_walk *walk, const char *name)
{
	struct directory directory;
	const struct fault *fault;
	bool found;

	TRY(directory_open(&directory, FD_REFS, name[4] ? name + 5 : ".", &found));
	if (!found)
		return NULL; /* removed meanwhile */
	fault = list_directory(walk, &directory, name);
	directory_close(&directory);
	return fault;
}

static const struct fault *walk_all(struct ref_walk *walk)
{
	char name[REFNAME_MAX + 1];

	push_directory(walk, "refs");
	while (walk->pending.len) {
		pop_directory(walk, name);
		TRY(walk_directory(walk, name));
		TRY(buffer_check(&walk->pending));
	}
	return buffer_check(&walk->found);
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
	struct ref_walk walk = {.repo = repo, .found = {.limit = REPO_PACKED_REFS_MAX}};
	const struct fault *fault = walk_all(&walk);

	buffer_free(&walk.pending);
	list->names = walk.found;
	if (!fault)
		fault = list_records(list);
	if (!fault)
		ref_list_sort(list);
	return fault;
}
