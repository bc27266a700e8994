/* SPDX-License-Identifier: ISC */
/* tests/fuzz/watch.c: what one input costs. */
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/watch.h"

#define MAPPINGS_MAX 64

static bool watching;
static size_t held, limit;
static size_t read_max;
static struct mapping {
	void *at;
	size_t len;
} mappings[MAPPINGS_MAX];

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *p);
void *__real_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t len);
ssize_t __real_read(int fd, void *bytes, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *p);
void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset);
int __wrap_munmap(void *at, size_t len);
ssize_t __wrap_read(int fd, void *bytes, size_t len);

/* --- memory ----------------------------------------------------------------------------------- */

static void *add(void *p)
{
	if (watching && p) {
		held += malloc_usable_size(p);
		must(held <= limit);
	}
	return p;
}

/* What was allocated before the watch does not count. */
static void subtract(void *p)
{
	size_t size = watching && p ? malloc_usable_size(p) : 0;

	held -= size < held ? size : held;
}

void *__wrap_malloc(size_t size)
{
	return add(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return add(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	subtract(old);
	return add(__real_realloc(old, size));
}

void __wrap_free(void *p)
{
	subtract(p);
	__real_free(p);
}

/* --- mappings --------------------------------------------------------------------------------- */

static struct mapping *find(const void *at)
{
	for (size_t i = 0; i < MAPPINGS_MAX; i++)
		if (mappings[i].at == at)
			return &mappings[i];
	return NULL;
}

void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	void *got = __real_mmap(at, len, protection, flags, fd, offset);
	struct mapping *free_one = find(NULL);

	if (!watching || got == MAP_FAILED || fd < 0)
		return got;
	must(free_one);
	*free_one = (struct mapping){got, len};
	return got;
}

int __wrap_munmap(void *at, size_t len)
{
	struct mapping *mapping = at ? find(at) : NULL;

	if (mapping)
		*mapping = (struct mapping){0};
	return __real_munmap(at, len);
}

/* --- the watch -------------------------------------------------------------------------------- */

void watch_start(size_t bytes)
{
	held = 0;
	limit = bytes;
	watching = true;
	alarm(WATCH_SECONDS);
}

void watch_end(void)
{
	alarm(0);
	watching = false;
	for (size_t i = 0; i < MAPPINGS_MAX; i++)
		if (mappings[i].at)
			__wrap_munmap(mappings[i].at, mappings[i].len);
}

void watch_read_pieces(size_t len)
{
	read_max = len;
}

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
	return __real_read(fd, bytes, read_max && len > read_max ? read_max : len);
}
