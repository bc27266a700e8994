/* SPDX-License-Identifier: ISC */
/*
 * object/fsck.h: the object checks of git-fsck(1), over memory, with git's own message ids
 * (missingSpaceBeforeDate, treeNotSorted, hasDotgit, gitmodulesUrl ...).
 */
#ifndef OBJECT_FSCK_H
#define OBJECT_FSCK_H

#include "object/object.h"

enum fsck_level {
	FSCK_ERROR,
	FSCK_WARN,
	FSCK_INFO,
	FSCK_IGNORE,
};

struct fsck_message {
	const char *id;        /* as git-fsck(1) spells it: "treeNotSorted" */
	enum fsck_level level; /* git's default */
	const char *text;      /* git's words: "not properly sorted" */
};

/*
 * The message with this id, or NULL. Whoever reads the blobs that a tree links to says
 * gitmodulesMissing and gitmodulesBlob (and gitattributes...) himself.
 */
const struct fsck_message *fsck_message_by_id(const char *id);

/* Called for each finding; return false to stop. */
typedef bool fsck_report(void *arg, const struct fsck_message *message);

/* What a tree says about blobs that must be looked at later. */
struct fsck_links {
	void *arg;
	void (*gitmodules)(void *arg, const struct oid *blob);    /* a .gitmodules entry */
	void (*gitattributes)(void *arg, const struct oid *blob); /* a .gitattributes entry */
};

/* Checks one object's content; LINKS may be NULL. Blobs have nothing to check here. */
void fsck_object(enum object_type type, struct cursor content, const struct hash_algo *algo,
	fsck_report *report, void *arg, const struct fsck_links *links);

#define FSCK_BLOB_MAX                                                                              \
	((size_t)100 << 20) /* bytes of such a blob: gitmodulesLarge, gitattributesLarge */
#define FSCK_ATTRIBUTES_LINE_MAX 2047 /* bytes: gitattributesLineLength */

/* Checks a blob that some tree calls .gitmodules or .gitattributes. */
void fsck_gitmodules(struct cursor content, fsck_report *report, void *arg);
void fsck_gitattributes(struct cursor content, fsck_report *report, void *arg);

#endif
