/* SPDX-License-Identifier: ISC */
/* repo/ref_list.h: refs in order of their names, and the memory that the names are in. */
#ifndef REPO_REF_LIST_H
#define REPO_REF_LIST_H

#include "base/buffer.h"
#include "repo/refs.h"

struct ref_list {
	struct ref *list;
	size_t count, cap;
	struct buffer names; /* never appended to once a ref points into it */
};

#define REF_LIST_INIT ((struct ref_list){.names = {.limit = REPO_PACKED_REFS_MAX}})

/* Adds REF at the end; fault_refs over REFS_MAX. */
const struct fault *ref_list_add(struct ref_list *list, const struct ref *ref) MUST_USE;

/* Puts it in order, if it is not, and drops all but the first of one name. */
void ref_list_sort(struct ref_list *list);

/* The first of COUNT sorted refs whose name is not less than NAME: COUNT if there is none. */
size_t ref_position(const struct ref *list, size_t count, const char *name);

/* The ref called NAME among them, or NULL. */
struct ref *ref_search(struct ref *list, size_t count, const char *name);

void ref_list_free(struct ref_list *list);

#endif
