/* SPDX-License-Identifier: ISC */
/* repo/ref_peel.c: what a ref points to when its tags are followed. Stages fetch and parser. */
#include "repo/odb.h"
#include "repo/refs.h"

/* One tag: where it points, and whether that is a tag again. *IS_TAG is false for the others. */
static const struct fault *follow_tag(struct odb *odb, const struct hash_algo *algo,
	const struct oid *oid, struct tag_view *view, bool *is_tag)
{
	const struct fault *fault;
	struct object object;
	enum object_type type;
	uint64_t size;

	TRY(odb_info(odb, oid, &type, &size));
	*is_tag = type == OBJECT_TAG;
	if (!*is_tag)
		return NULL;
	TRY(odb_read(odb, oid, &object));
	fault = tag_view(object.content, algo, view);
	object_release(&object);
	return fault;
}

static const struct fault *peel(struct ref *ref, struct odb *odb, const struct hash_algo *algo)
{
	struct tag_view view = {.target = ref->oid, .type = OBJECT_TAG};
	bool is_tag;

	for (unsigned depth = 0; view.type == OBJECT_TAG; depth++) {
		if (depth == TAG_DEPTH_MAX)
			return NULL;
		TRY(follow_tag(odb, algo, &view.target, &view, &is_tag));
		if (!is_tag)
			return NULL;
	}
	ref->peeled = view.target;
	ref->peel = PEEL_TAG;
	return NULL;
}

const struct fault *ref_peel(struct ref *ref, struct odb *odb, const struct hash_algo *algo)
{
	const struct fault *fault;

	if (ref->peel != PEEL_UNKNOWN)
		return NULL;
	ref->peel = PEEL_NONE;
	fault = peel(ref, odb, algo);
	/* a tag that is missing or broken must not hide the refs beside it */
	return fault && fault->blame == BLAME_REPOSITORY ? NULL : fault;
}
