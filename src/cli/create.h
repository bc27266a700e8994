/* SPDX-License-Identifier: ISC */
/*
 * cli/create.h: makes an empty bare repository, as gitrepository-layout(5) has it, in one step for
 * everybody else: under another name beside its place, synced, then renamed.
 */
#ifndef CLI_CREATE_H
#define CLI_CREATE_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/buffer.h"
#include "base/fault.h"

struct creation {
	int root;
	const char *name;   /* canonical, see wire/request.h */
	struct buffer head; /* the ref that HEAD leads to */
	bool give;          /* to these two: */
	uid_t uid;
	gid_t gid;
};

extern const struct fault fault_create; /* host; the note says what failed, and a remedy */

/*
 * Makes ROOT/NAME.git and the directories that lead to it, mode 0750 and 0640. One that exists,
 * as NAME or as NAME.git, is a fault, and so is a place inside another repository. Sets the umask.
 */
const struct fault *create_repository(const struct creation *creation) MUST_USE;

#endif
