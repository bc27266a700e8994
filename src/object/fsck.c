/* SPDX-License-Identifier: ISC */
/*
 * object/fsck.c: the messages of the object checks, and the way in. Any stage that has objects in
 * memory, which are hostile; touches memory only.
 */
#include "object/fsck_private.h"

static const struct fsck_message messages[] = {
#define FSCK_ROW(constant, id, level, text) [FSCK_##constant] = {id, FSCK_##level, text},
	FSCK_MESSAGES(FSCK_ROW)
#undef FSCK_ROW
};

const struct fsck_message *fsck_message_by_id(const char *id)
{
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
		if (strcmp(messages[i].id, id) == 0)
			return &messages[i];
	return NULL;
}

bool fsck_found(struct fsck *f, enum fsck_id id)
{
	if (!f->stopped && !f->report(f->arg, &messages[id]))
		f->stopped = true;
	return !f->stopped;
}

bool fsck_ends_with(struct fsck *f, enum fsck_id id)
{
	fsck_found(f, id);
	return false;
}

void fsck_object(enum object_type type, struct cursor content, const struct hash_algo *algo,
	fsck_report *report, void *arg, const struct fsck_links *links)
{
	static void (*const check[])(struct fsck * f, struct cursor content) = {
		[OBJECT_COMMIT] = fsck_commit,
		[OBJECT_TREE] = fsck_tree,
		[OBJECT_TAG] = fsck_tag,
	};
	struct fsck f = {algo, report, arg, links, false};

	if (type < sizeof check / sizeof check[0] && check[type])
		check[type](&f, content);
}
