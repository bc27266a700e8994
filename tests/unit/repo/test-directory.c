/* SPDX-License-Identifier: ISC */
/* reading a directory with thousands of entries */
#include "tests/unit/test.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "repo/directory.h"

#define FILES 2000

static char root[] = "/tmp/gitcell-directory-XXXXXX";
static int root_fd;

static int make_root(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	root_fd = open(root, O_RDONLY | O_DIRECTORY);
	return root_fd < 0 || mkdirat(root_fd, "sub", 0700) || symlinkat("sub", root_fd, "link");
}

static int remove_root(void **state)
{
	(void)state;
	unlinkat(root_fd, "link", 0);
	unlinkat(root_fd, "sub", AT_REMOVEDIR);
	close(root_fd);
	return rmdir(root);
}

static void every_name_is_seen_once(void **state)
{
	static unsigned char seen[FILES];
	struct directory d;
	const char *name;
	unsigned char type;
	char path[32];
	bool found;
	(void)state;

	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof path, "sub/%d", i);
		close(openat(root_fd, path, O_CREAT | O_WRONLY, 0600));
	}
	assert_ok(directory_open(&d, root_fd, "sub", &found));
	assert_true(found);
	for (;;) {
		assert_ok(directory_next(&d, &name, &type));
		if (!name)
			break;
		assert_true(type == DT_REG || type == DT_UNKNOWN);
		seen[atoi(name)]++;
	}
	directory_close(&d);
	for (int i = 0; i < FILES; i++) {
		assert_int_equal(seen[i], 1);
		snprintf(path, sizeof path, "sub/%d", i);
		unlinkat(root_fd, path, 0);
	}
}

static void what_is_no_directory_is_not_found(void **state)
{
	struct directory d;
	bool found = true;
	(void)state;

	assert_ok(directory_open(&d, root_fd, "none", &found));
	assert_false(found);
	found = true;
	assert_ok(directory_open(&d, root_fd, "link", &found));
	assert_false(found);
	directory_close(&d);
}

static void an_empty_directory_has_no_names(void **state)
{
	struct directory d;
	const char *name = "";
	bool found;
	(void)state;

	assert_ok(directory_open(&d, root_fd, "sub", &found));
	assert_ok(directory_next(&d, &name, NULL));
	assert_null(name);
	directory_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_seen_once),
		cmocka_unit_test(what_is_no_directory_is_not_found),
		cmocka_unit_test(an_empty_directory_has_no_names),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
