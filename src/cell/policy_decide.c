/* SPDX-License-Identifier: ISC */
/*
 * cell/policy_decide.c: the deciding rule of cell/policy.h. Stage request: the name of the
 * repository is the client's; touches memory only.
 */
#include <string.h>
#include "base/mem.h"
#include "cell/policy_private.h"
#include "cell/wildmatch.h"

const struct fault fault_access_denied = {BLAME_POLICY, "access denied or repository not exported"};
const struct fault fault_not_a_relay = {
	BLAME_POLICY, "you may not speak for another user (the policy names no such relay)"};

struct grant {
	enum service service;
	uint64_t max_pack_size;
	char name[]; /* the repository's */
};

/* Has the peer a uid that is its own? A relayed one has only the name. */
static bool has_uid(const struct peer *peer)
{
	return peer_kind(peer) == PEER_LOCAL || peer_kind(peer) == PEER_SELF;
}

static bool who_matches(const struct who *who, const struct peer *peer)
{
	bool anonymous = peer_kind(peer) == PEER_ANONYMOUS;

	switch (who->kind) {
	case WHO_USER:
		return !anonymous && strcmp(peer_user(peer), who->name) == 0;
	case WHO_GROUP:
		return peer_in_group(peer, who->name);
	case WHO_UID:
		return has_uid(peer) && peer_uid(peer) == who->id;
	case WHO_GID:
		return peer_in_gid(peer, who->id);
	case WHO_LOCAL:
		return !anonymous;
	case WHO_ANONYMOUS:
		return anonymous;
	}
	return false;
}

/* Does a line with this key say anything about SERVICE? */
static bool verb_matters(enum rule_verb verb, enum service service)
{
	return service == SERVICE_UPLOAD_PACK || verb != RULE_READ;
}

/* The last line that matches, or NULL. */
static const struct rule *deciding_rule(const struct policy *policy, const struct peer *peer,
	enum service service, struct cursor name)
{
	for (size_t i = policy->rule_count; i > 0; i--) {
		const struct rule *rule = &policy->rules[i - 1];
		if (verb_matters(rule->verb, service) && who_matches(&rule->who, peer) &&
			wildmatch(cursor_over_text(rule->pattern), name))
			return rule;
	}
	return NULL;
}

static void explain(const struct rule *rule, bool allowed, struct decision *why)
{
	*why = (struct decision){.allowed = allowed};
	if (!rule)
		return;
	why->file = rule->file;
	why->line = rule->line;
	why->key = rule_verbs[rule->verb];
	why->value = rule->value;
	why->pattern = rule->written;
}

void policy_each_line(const struct policy *policy, policy_line_visitor *each, void *arg)
{
	struct decision line;

	for (size_t i = 0; i < policy->rule_count; i++) {
		explain(&policy->rules[i], policy->rules[i].verb != RULE_DENY, &line);
		each(arg, &line);
	}
}

static const struct fault *make_grant(
	enum service service, uint64_t max_pack_size, const char *name, struct grant **out)
{
	size_t len = strlen(name), size;
	struct grant *grant;

	if (add_overflows(sizeof *grant + 1, len, &size))
		return &fault_memory;
	grant = mem_array(1, size);
	if (!grant)
		return &fault_memory;
	grant->service = service;
	grant->max_pack_size = max_pack_size;
	memcpy(grant->name, name, len);
	*out = grant;
	return NULL;
}

const struct fault *policy_decide(const struct policy *policy, const struct peer *peer,
	enum service service, const char *name, struct grant **out, struct decision *why)
{
	const struct rule *rule;
	bool allowed;

	/* a "deny" by name must not be missed because nobody asked for the name */
	if (!peer_names_known(peer, policy->uses_users, policy->uses_groups))
		return fault_note(&fault_internal, "the peer's names were not looked up");
	rule = deciding_rule(policy, peer, service, cursor_over_text(name));
	allowed = rule && rule->verb != RULE_DENY;
	if (why)
		explain(rule, allowed, why);
	if (!allowed)
		return &fault_access_denied;
	return make_grant(service, policy->settings.max_pack_size, name, out);
}

const struct fault *policy_grant_self(
	const struct peer *self, enum service service, const char *path, struct grant **out)
{
	if (peer_kind(self) != PEER_SELF)
		return fault_note(&fault_internal, "not the invoking user");
	return make_grant(service, 0, path, out);
}

bool policy_is_relay(const struct policy *policy, const struct peer *peer)
{
	for (size_t i = 0; i < policy->relay_count; i++)
		if (peer_kind(peer) == PEER_LOCAL && who_matches(&policy->relays[i], peer))
			return true;
	return false;
}

const struct fault *policy_relayed(
	const struct policy *policy, const struct peer *relay, const char *user, struct peer **out)
{
	if (!policy_is_relay(policy, relay))
		return fault_note(&fault_not_a_relay, "\"%s\"", user);
	return peer_of_relay(relay, user, out);
}

const char *grant_name(const struct grant *grant)
{
	return grant->name;
}

enum service grant_service(const struct grant *grant)
{
	return grant->service;
}

uint64_t grant_max_pack_size(const struct grant *grant)
{
	return grant->max_pack_size;
}

void grant_free(struct grant *grant)
{
	free(grant);
}
