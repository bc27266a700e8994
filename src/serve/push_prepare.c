/* SPDX-License-Identifier: ISC */
/* serve/push_prepare.c: the quarantine, before there are two processes. Stage request. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "serve/push.h"

static const struct fault *place(int *fd, int number)
{
	if (*fd == number)
		return NULL;
	if (dup3(*fd, number, O_CLOEXEC) < 0)
		return fault_errno(&fault_quarantine, errno, "dup3");
	close(*fd);
	*fd = number;
	return NULL;
}

const struct fault *push_prepare(struct quarantine *quarantine)
{
	TRY(quarantine_make(quarantine));
	TRY(place(&quarantine->pack, FD_QUARANTINE_PACK));
	TRY(place(&quarantine->idx, FD_QUARANTINE_IDX));
	return place(&quarantine->dir, FD_QUARANTINE);
}
