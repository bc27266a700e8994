/* SPDX-License-Identifier: ISC */
/*
 * tests/unit/object/fsck-ids.c: what our object checks say, one line per object, for
 * fsck-differential.py to compare with git.
 *
 * Reads "TYPE SIZE\n" and SIZE bytes, again and again; TYPE may be gitmodules or gitattributes too.
 * Writes "error:ID" or "warning:ID" for each finding, as loud as git-fsck is without options.
 */
#include <stdio.h>
#include <stdlib.h>
#include "object/fsck.h"

struct listener {
	bool stops_at_errors; /* git gives a commit or tag up, but never a tree */
};

static bool print(void *arg, const struct fsck_message *message)
{
	static const char *const words[] = {
		[FSCK_ERROR] = "error", [FSCK_WARN] = "warning", [FSCK_INFO] = "warning"};
	const struct listener *l = arg;

	if (message->level != FSCK_IGNORE)
		printf("%s:%s ", words[message->level], message->id);
	return !l->stops_at_errors || message->level != FSCK_ERROR;
}

static void print_blob(void *arg, const struct oid *blob)
{
	char hex[OID_MAX_HEX + 1];

	printf("%s:%s ", (const char *)arg, oid_hex(blob, &hash_sha1, hex));
}

static void print_gitmodules(void *arg, const struct oid *blob)
{
	(void)arg;
	print_blob((char[]){"gitmodules"}, blob);
}

static void print_gitattributes(void *arg, const struct oid *blob)
{
	(void)arg;
	print_blob((char[]){"gitattributes"}, blob);
}

static void check(const char *type, struct cursor content)
{
	static const struct fsck_links links = {NULL, print_gitmodules, print_gitattributes};
	struct cursor name = cursor_over_text(type);
	enum object_type number = object_type_by_name(&name);
	struct listener l = {number == OBJECT_COMMIT || number == OBJECT_TAG};

	if (strcmp(type, "gitmodules") == 0)
		fsck_gitmodules(content, print, &l);
	else if (strcmp(type, "gitattributes") == 0)
		fsck_gitattributes(content, print, &l);
	else
		fsck_object(number, content, &hash_sha1, print, &l, &links);
	printf("\n");
}

int main(void)
{
	char type[32];
	size_t size;

	while (scanf("%31s %zu", type, &size) == 2 && getchar() == '\n') {
		uint8_t *bytes = malloc(size ? size : 1);
		if (!bytes || fread(bytes, 1, size, stdin) != size)
			return 1;
		check(type, cursor_over(bytes, size));
		free(bytes);
	}
	return 0;
}
