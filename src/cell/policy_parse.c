/* SPDX-License-Identifier: ISC */
/*
 * cell/policy_parse.c: the text of a policy. Stage boot; touches memory only. The text is the
 * administrator's: nothing in it is guessed at, and each refusal says what to write instead.
 */
#include <string.h>
#include "base/gitconfig.h"
#include "base/mem.h"
#include "cell/policy_private.h"
#include "cell/wildmatch.h"

const struct fault fault_policy_file = {BLAME_HOST, "the policy file has an error"};

const char *const rule_verbs[RULE_VERBS] = {
	[RULE_READ] = "read",
	[RULE_WRITE] = "write",
	[RULE_DENY] = "deny",
};

/* One text that is being read. */
struct parse {
	struct policy *policy;
	const char *file;
	const char
		*written; /* the pattern of the current [repository], as written and as matched */
	const char *pattern;
	struct gitconfig_entry entry;
};

static const struct fault *bad(const struct parse *parse, const char *what, const char *remedy)
{
	return fault_note(
		&fault_policy_file, "%s:%u: %s: %s", parse->file, parse->entry.line, what, remedy);
}

/* The digits of a uid or gid that can belong to somebody. */
static const struct fault *parse_id(const struct parse *parse, const char *digits, uint32_t *out)
{
	struct cursor c = cursor_over_text(digits);
	uint64_t id;

	if (!cursor_decimal(&c, UINT32_MAX - 1, &id) || !cursor_at_end(&c))
		return bad(parse, parse->entry.value, "not the number of a user or group");
	if (id == PEER_OVERFLOW_ID)
		return bad(parse, parse->entry.value,
			"this is what the kernel says for users it cannot map, and always refused");
	*out = (uint32_t)id;
	return NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const struct fault *parse_name(
	const struct parse *parse, const char *name, enum who_kind kind, struct who *out)
{
	for (const char *p = name; *p; p++)
		if (*p <= ' ' || *p == ':' || *p == ',' || *p == '*' || *p == 0x7f)
			return bad(parse, parse->entry.value,
				"one name on each line: a user, :group, uid, :gid, * or anonymous");
	if (!*name || strlen(name) > PEER_USER_MAX || *name == '-')
		return bad(parse, "not a name", "write a user, :group, uid, :gid, * or anonymous");
	out->kind = kind;
	out->name = policy_text(parse->policy, name);
	return out->name ? NULL : &fault_memory;
}

static const struct fault *parse_who(const struct parse *parse, struct who *out)
{
	const char *value = parse->entry.value;
	bool group = *value == ':';

	if (strcmp(value, "*") == 0) {
		out->kind = WHO_LOCAL;
		return NULL;
	}
	if (strcmp(value, "anonymous") == 0) {
		out->kind = WHO_ANONYMOUS;
		return NULL;
	}
	if (is_digit(value[group])) {
		out->kind = group ? WHO_GID : WHO_UID;
		return parse_id(parse, value + group, &out->id);
	}
	return parse_name(parse, value + group, group ? WHO_GROUP : WHO_USER, out);
}

/* What the numeric and textual keys of [gitcell] are, and where they go. */
enum setting_kind {
	SETTING_PATH,
	SETTING_DURATION,
	SETTING_COUNT,
	SETTING_SIZE,
};

#define SETTING(field) offsetof(struct policy_settings, field)

static const struct setting {
	const char *key;
	enum setting_kind kind;
	size_t offset;
	uint64_t min, max;
	bool zero; /* 0 is taken as well, and means "no limit" */
	const char *remedy;
} settings[] = {
	{"root", SETTING_PATH, SETTING(root), 0, 0, false, "give an absolute path"},
	{"slots", SETTING_PATH, SETTING(slots), 0, 0, false, "give an absolute path"},
	{"request-timeout", SETTING_DURATION, SETTING(request_timeout_ms), 1000,
		POLICY_REQUEST_TIMEOUT_MAX_MS, false, "give 1s to 1h"},
	{"idle-timeout", SETTING_DURATION, SETTING(idle_timeout_ms), 1000, POLICY_TIMEOUT_MAX_MS,
		true, "give 1s to 30d, or 0 for none"},
	{"session-timeout", SETTING_DURATION, SETTING(session_timeout_ms), 1000,
		POLICY_TIMEOUT_MAX_MS, true, "give 1s to 30d, or 0 for none"},
	{"connections", SETTING_COUNT, SETTING(connections), 1, POLICY_CONNECTIONS_MAX, true,
		"give 1 to 10000, or 0 for no limit"},
	{"connections-per-user", SETTING_COUNT, SETTING(connections_per_user), 1,
		POLICY_CONNECTIONS_MAX, true, "give 1 to 10000, or 0 for no limit"},
	{"memory", SETTING_SIZE, SETTING(memory), POLICY_MEMORY_MIN, POLICY_SIZE_MAX, false,
		"give at least 64m"},
	{"max-pack-size", SETTING_SIZE, SETTING(max_pack_size), 1, POLICY_SIZE_MAX, true,
		"give a size like 500m or 2g, or 0 for no limit"},
};

static const struct fault *set_path(struct parse *parse, const struct setting *setting, void *field)
{
	const char *path = parse->entry.value;

	if (*path != '/' || strlen(path) >= 4096)
		return bad(parse, setting->key, setting->remedy);
	path = policy_text(parse->policy, path);
	if (!path)
		return &fault_memory;
	memcpy(field, &path, sizeof path);
	return NULL;
}

static const struct fault *set_number(
	struct parse *parse, const struct setting *setting, void *field)
{
	const char *value = parse->entry.value;
	struct cursor digits = cursor_over_text(value);
	uint64_t number = 0;
	bool ok = false;

	if (setting->kind == SETTING_DURATION)
		ok = gitconfig_duration(value, setting->max, &number);
	else if (setting->kind == SETTING_SIZE)
		ok = gitconfig_size(value, setting->max, &number);
	else
		ok = cursor_decimal(&digits, setting->max, &number) && cursor_at_end(&digits);
	if (!ok || (number < setting->min && !(number == 0 && setting->zero)))
		return bad(parse, setting->key, setting->remedy);
	memcpy(field, &number, sizeof number);
	return NULL;
}

static const struct fault *set_sandbox(struct parse *parse)
{
	bool optional = strcmp(parse->entry.value, "optional") == 0;

	if (!optional && strcmp(parse->entry.value, "required") != 0)
		return bad(parse, "sandbox", "give required or optional");
	parse->policy->settings.sandbox_optional = optional;
	return NULL;
}

static const struct fault *add_relay(struct parse *parse)
{
	struct policy *policy = parse->policy;
	struct who who = {.kind = WHO_USER};

	if (policy->relay_count == POLICY_RELAYS_MAX)
		return bad(parse, "relay", "there may be 16 of them");
	TRY(parse_who(parse, &who));
	if (who.kind != WHO_USER && who.kind != WHO_UID)
		return bad(parse, "relay", "give one user, by name or uid");
	policy->uses_users |= who.kind == WHO_USER;
	policy->relays[policy->relay_count++] = who;
	return NULL;
}

static const struct fault *parse_setting(struct parse *parse)
{
	uint8_t *base = (uint8_t *)&parse->policy->settings;

	if (!parse->entry.has_value)
		return bad(parse, parse->entry.key, "needs a value");
	if (strcmp(parse->entry.key, "sandbox") == 0)
		return set_sandbox(parse);
	if (strcmp(parse->entry.key, "relay") == 0)
		return add_relay(parse);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		if (strcmp(parse->entry.key, settings[i].key) == 0) {
			void *field = base + settings[i].offset;
			return settings[i].kind == SETTING_PATH
				       ? set_path(parse, &settings[i], field)
				       : set_number(parse, &settings[i], field);
		}
	}
	return fault_note(&fault_policy_file,
		"%s:%u: unknown key \"%s\" in [gitcell]: see gitcell-policy(5) for those it knows",
		parse->file, parse->entry.line, parse->entry.key);
}

static const struct fault *parse_rule(struct parse *parse)
{
	struct policy *policy = parse->policy;
	struct rule rule = {.verb = RULE_READ};

	while (rule.verb < RULE_VERBS && strcmp(parse->entry.key, rule_verbs[rule.verb]) != 0)
		rule.verb++;
	if (rule.verb == RULE_VERBS)
		return fault_note(&fault_policy_file,
			"%s:%u: unknown key \"%s\" in [repository]: it knows read, write and deny",
			parse->file, parse->entry.line, parse->entry.key);
	if (!parse->entry.has_value)
		return bad(parse, parse->entry.key, "needs a value");
	if (!parse->pattern)
		return NULL; /* of a section that has been refused as a whole */
	if (policy->rule_count == POLICY_RULES_MAX)
		return bad(parse, "too many rules", "use patterns and groups to say it in fewer");
	TRY(parse_who(parse, &rule.who));
	rule.value = policy_text(policy, parse->entry.value);
	if (!rule.value ||
		!mem_grow(&policy->rules, policy->rule_count, &policy->rule_cap, sizeof rule))
		return &fault_memory;
	rule.written = parse->written;
	rule.pattern = parse->pattern;
	rule.file = parse->file;
	rule.line = parse->entry.line;
	policy->uses_users |= rule.who.kind == WHO_USER;
	policy->uses_groups |= rule.who.kind == WHO_GROUP;
	policy->rules[policy->rule_count++] = rule;
	return NULL;
}

/* What names are matched with: as canonical as they are (wire/request.h). */
static struct cursor canonical_pattern(const char *written)
{
	struct cursor c = cursor_over_text(written), body;
	size_t len;

	while (cursor_literal(&c, "/"))
		;
	len = cursor_left(&c);
	if (len > 4 && cursor_take(&c, len - 4, &body) && cursor_is(&c, ".git"))
		return body;
	c = cursor_over_text(written);
	while (cursor_literal(&c, "/"))
		;
	return c;
}

static const struct fault *start_repository(struct parse *parse)
{
	struct cursor pattern;
	const char *wrong;
	char *text;

	parse->pattern = NULL;
	if (!parse->entry.subsection)
		return bad(parse, "[repository] names none", "write [repository \"NAME\"]");
	pattern = canonical_pattern(parse->entry.subsection);
	wrong = wildmatch_check(pattern);
	if (wrong)
		return bad(parse, "[repository] pattern", wrong);
	parse->written = policy_text(parse->policy, parse->entry.subsection);
	text = mem_text(pattern.at, cursor_left(&pattern));
	if (text)
		parse->pattern = policy_text(parse->policy, text);
	free(text);
	return parse->written && parse->pattern ? NULL : &fault_memory;
}

static const struct fault *parse_entry(struct parse *parse)
{
	bool header = !parse->entry.key[0];

	if (strcmp(parse->entry.section, "repository") == 0)
		return header ? start_repository(parse) : parse_rule(parse);
	if (strcmp(parse->entry.section, "gitcell") == 0 && !parse->entry.subsection)
		return header ? NULL : parse_setting(parse);
	if (!header)
		return NULL; /* the header has been refused */
	return bad(parse, "unknown section", "there are [gitcell] and [repository \"PATTERN\"]");
}

const struct fault *policy_read_text(struct policy *policy, const char *name, struct cursor text,
	policy_problem *problem, void *arg)
{
	struct parse parse = {.policy = policy, .file = policy_text(policy, name)};
	const struct fault *fault, *first = NULL;
	struct gitconfig config;
	bool more = true;

	if (!parse.file)
		return &fault_memory;
	gitconfig_start(&config, text);
	while (more && (!first || problem)) {
		fault = gitconfig_next(&config, &parse.entry, &more);
		if (fault) {
			char line[GITCONFIG_NAME_MAX];
			struct cursor detail = cursor_over_text(fault_detail(fault));
			/* "line 3: ..." becomes "FILE:3: ..." */
			if (!cursor_literal(&detail, "line ") ||
				!cursor_copy_text(&detail, line, sizeof line))
				return fault;
			fault = fault_note(&fault_policy_file, "%s:%s", parse.file, line);
			more = false;
		} else if (more) {
			fault = parse_entry(&parse);
		}
		if (fault && problem)
			problem(arg, fault_detail(fault));
		first = first ? first : fault;
	}
	return first;
}
