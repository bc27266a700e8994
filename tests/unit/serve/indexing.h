/* SPDX-License-Identifier: ISC */
/* tests/unit/serve/indexing.h: packs through index_pack(), against a small repository. */
#ifndef TESTS_UNIT_SERVE_INDEXING_H
#define TESTS_UNIT_SERVE_INDEXING_H

#include "serve/index_pack.h"
#include "tests/made/pack.h"
#include "tests/made/repository.h"

/* The request of each indexing(); tests change it. cmocka setup sets it to what is usual. */
extern struct index_request indexing_request;
extern const struct made_repository *indexing_made;
extern struct index_result indexing_result;

int indexing_open(void **state);  /* group setup */
int indexing_usual(void **state); /* setup */

/* What becomes of PACK. If it is accepted, each object that the idx names is read and hashed. */
const struct fault *indexing(const struct buffer *pack) MUST_USE;

/* The content of the made repository's first object, a blob of 40 lines. */
void indexing_base(struct buffer *out);

#endif
