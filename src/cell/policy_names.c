/* SPDX-License-Identifier: ISC */
/* cell/policy_names.c: outside any connection; touches memory only. */
#include "cell/policy_names.h"
#include "cell/policy_private.h"

static void tell(const struct who *who, const char *file, unsigned line, policy_name_visitor *each,
	void *arg)
{
	struct policy_name name = {who->kind == WHO_GROUP, who->name, file, line};

	if (who->kind == WHO_USER || who->kind == WHO_GROUP)
		each(arg, &name);
}

void policy_each_name(const struct policy *policy, policy_name_visitor *each, void *arg)
{
	for (size_t i = 0; i < policy->relay_count; i++)
		tell(&policy->relays[i], NULL, 0, each, arg);
	for (size_t i = 0; i < policy->rule_count; i++)
		tell(&policy->rules[i].who, policy->rules[i].file, policy->rules[i].line, each,
			arg);
}
