/* SPDX-License-Identifier: ISC */
/* A policy: a refusal has its file, and a grant to write the line that gave it. */
#include <string.h>
#include "tests/fuzz/fuzz.h"
#include "cell/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct policy *policy;
	struct peer *peer;
	struct grant *grant;
	struct decision why;

	must(!policy_new(&policy));
	must(!peer_supposed("anonymous", &peer));
	if (policy_read_text(policy, "policy", cursor_over(bytes, len), NULL, NULL)) {
		must(!strncmp(fault_detail(&fault_policy_file), "policy:", 7));
	} else if (policy_decide(policy, peer, SERVICE_RECEIVE_PACK, "team/app", &grant, &why)) {
		must(!why.allowed);
	} else {
		must(why.allowed && !strcmp(why.key, "write") && !strcmp(why.value, "anonymous"));
		grant_free(grant);
	}
	peer_free(peer);
	policy_free(policy);
	return 0;
}
