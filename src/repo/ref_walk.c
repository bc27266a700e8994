/* SPDX-License-Identifier: ISC */
/* repo/ref_walk.c: walking below refs/. Stages request to keeper; trusts nothing there. */
#include <dirent.h>
#include <string.h>
#include "base/buffer.h"
#include "base/refname.h"
#include "repo/directory.h"
#include "repo/file.h"
#include "repo/ref_walk.h"
#include "repo/refs.h"

struct walk {
	ref_visit *visit;
	void *arg;
	struct buffer pending; /* directories still to be read, NUL-terminated, the next one last */
	size_t directories;
};

const char *ref_path(const char *name)
{
	return strncmp(name, "refs/", 5) == 0 ? name + 5 : ".";
}

static const struct fault *push_directory(struct walk *walk, const char *name)
{
	if (walk->directories++ == REFS_MAX)
		return fault_note(&fault_refs, "more than %u directories", REFS_MAX);
	buffer_append(&walk->pending, name, strlen(name) + 1);
	return buffer_check(&walk->pending);
}

static void pop_directory(struct walk *walk, char name[REFNAME_MAX + 1])
{
	size_t start = walk->pending.len - 1;

	while (start > 0 && walk->pending.bytes[start - 1] != '\0')
		start--;
	memcpy(name, walk->pending.bytes + start, walk->pending.len - start);
	walk->pending.len = start;
}

/* Not all file systems tell the type of an entry. */
static const struct fault *is_directory(const char *name, unsigned char type, bool *answer)
{
	struct file file;

	*answer = type == DT_DIR;
	if (type != DT_UNKNOWN)
		return NULL;
	TRY(file_open(&file, FD_REFS, ref_path(name)));
	file_close(&file);
	*answer = file.kind == FILE_DIRECTORY;
	return NULL;
}

/* Writes PARENT/ENTRY to OUT; false if that is longer than a ref may be. */
static bool join(const char *parent, const char *entry, char out[REFNAME_MAX + 1])
{
	size_t parent_len = strlen(parent), entry_len = strlen(entry);

	if (parent_len + 1 + entry_len > REFNAME_MAX)
		return false;
	memcpy(out, parent, parent_len);
	out[parent_len] = '/';
	memcpy(out + parent_len + 1, entry, entry_len + 1);
	return true;
}

static const struct fault *visit_entry(struct walk *walk, const char *name, unsigned char type)
{
	bool directory, descend = false;

	TRY(is_directory(name, type, &directory));
	TRY(walk->visit(walk->arg, name, directory, &descend));
	return directory && descend ? push_directory(walk, name) : NULL;
}

static const struct fault *visit_entries(
	struct walk *walk, struct directory *directory, const char *parent)
{
	char name[REFNAME_MAX + 1];
	const char *entry;
	unsigned char type;

	for (;;) {
		TRY(directory_next(directory, &entry, &type));
		if (!entry)
			return NULL;
		if (join(parent, entry, name))
			TRY(visit_entry(walk, name, type));
	}
}

static const struct fault *walk_directory(struct walk *walk, const char *name)
{
	struct directory directory;
	const struct fault *fault;
	bool found;

	TRY(directory_open(&directory, FD_REFS, ref_path(name), &found));
	if (!found)
		return NULL; /* removed meanwhile */
	fault = visit_entries(walk, &directory, name);
	directory_close(&directory);
	return fault;
}

const struct fault *ref_walk(const char *root, ref_visit *visit, void *arg)
{
	struct walk walk = {.visit = visit, .arg = arg};
	const struct fault *fault = push_directory(&walk, root);
	char name[REFNAME_MAX + 1];

	while (!fault && walk.pending.len) {
		pop_directory(&walk, name);
		fault = walk_directory(&walk, name);
	}
	buffer_free(&walk.pending);
	return fault;
}
