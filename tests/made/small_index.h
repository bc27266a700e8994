/* SPDX-License-Identifier: ISC */
/*
 * tests/made/small_index.h: limits of the indexer that a test can reach. The build puts it in front
 * of copies of serve/index_*.c that belong to the test.
 */
#ifndef TESTS_MADE_SMALL_INDEX_H
#define TESTS_MADE_SMALL_INDEX_H

#include "serve/index_pack.h"

#undef INDEX_OBJECTS_MAX
#undef INDEX_OBJECT_MAX
#undef INDEX_DELTA_MAX
#undef INDEX_HELD_MAX
#undef INDEX_INFLATED_FLOOR
#define INDEX_OBJECTS_MAX 5000u
#define INDEX_OBJECT_MAX ((uint64_t)1 << 20)
#define INDEX_DELTA_MAX ((uint64_t)256 << 10)
#define INDEX_HELD_MAX ((size_t)64 << 10)
#define INDEX_INFLATED_FLOOR ((uint64_t)8 << 20)

#endif
