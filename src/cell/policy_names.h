/* SPDX-License-Identifier: ISC */
/*
 * cell/policy_names.h: the users and groups that a policy names. For "gitcell check", which asks
 * whether they exist; nothing that serves a connection needs to know.
 */
#ifndef CELL_POLICY_NAMES_H
#define CELL_POLICY_NAMES_H

#include "cell/policy.h"

struct policy_name {
	bool is_group;
	const char *name;
	const char *file; /* NULL: of a "relay" line, whose place is not kept */
	unsigned line;
};

/* Calls EACH for every name, in the order of the lines, as often as it is written. */
typedef void policy_name_visitor(void *arg, const struct policy_name *name);
void policy_each_name(const struct policy *policy, policy_name_visitor *each, void *arg);

#endif
