/* SPDX-License-Identifier: ISC */
/*
 * serve/ref_rules.c: the rules that every update of a ref must pass. Stage keeper.
 *
 * Names and oids are the client's. Of objects only types are asked (odb_info), and commits where
 * receive.denyNonFastForwards wants ancestry: the keeper reads them itself, from existing packs or
 * the quarantined one, whose hash it knows; SECURITY.md names that as a residual risk.
 */
#include "base/mem.h"
#include "serve/ref_rules.h"

static const char branches[] = "refs/heads/";

static bool is_branch(const char *name)
{
	return strncmp(name, branches, sizeof branches - 1) == 0;
}

static bool is_current(const struct ref_rules *rules, const char *name)
{
	return rules->refs->head_is_symref && strcmp(rules->refs->head_symref, name) == 0;
}

enum keep_code ref_rules_name(const char *name, bool deletes)
{
	struct cursor text = cursor_over_text(name);

	if (refname_pushable(text))
		return KEEP_OK;
	if (deletes && cursor_starts(&text, "refs/") && refname_valid(text))
		return KEEP_OK;
	return KEEP_FUNNY_REFNAME;
}

static const struct fault *exists(const struct ref_rules *rules, const struct oid *oid, bool *out)
{
	struct place place;

	*out = false;
	return oid_is_null(oid) ? NULL : odb_find(rules->odb, oid, out, &place);
}

/* Is OLD an ancestor of NEW? Both exist. */
static const struct fault *is_ancestor(const struct ref_rules *rules, const struct oid *old_oid,
	const struct oid *new_oid, bool *out)
{
	const struct fault *fault;
	uint32_t old_number, new_number;
	uint8_t *marked;

	TRY(graph_number(rules->graph, old_oid, &old_number));
	TRY(graph_number(rules->graph, new_oid, &new_number));
	marked = mem_array((size_t)old_number + 1, sizeof *marked);
	if (!marked)
		return &fault_memory;
	marked[old_number] = 1;
	fault = graph_all_reach(
		rules->graph, &new_number, 1, marked, (size_t)old_number + 1, INT64_MIN, out);
	free(marked);
	return fault;
}

static const struct fault *judge_fast_forward(const struct ref_rules *rules,
	const struct oid *old_oid, const struct oid *new_oid, enum keep_code *code)
{
	enum object_type type;
	bool found, ancestor;
	uint64_t size;

	TRY(exists(rules, old_oid, &found));
	if (!found) {
		*code = KEEP_BAD_REF;
		return NULL;
	}
	TRY(odb_info(rules->odb, old_oid, &type, &size));
	if (type != OBJECT_COMMIT) {
		*code = KEEP_BAD_REF;
		return NULL;
	}
	TRY(is_ancestor(rules, old_oid, new_oid, &ancestor));
	*code = ancestor ? KEEP_OK : KEEP_NON_FAST_FORWARD;
	return NULL;
}

static const struct fault *judge_value(const struct ref_rules *rules, const char *name,
	const struct oid *old_oid, const struct oid *new_oid, enum keep_code *code)
{
	enum object_type type;
	uint64_t size;
	bool found;

	TRY(exists(rules, new_oid, &found));
	*code = found ? KEEP_OK : KEEP_BAD_PACK;
	if (!found || !is_branch(name))
		return NULL;
	TRY(odb_info(rules->odb, new_oid, &type, &size));
	if (type != OBJECT_COMMIT) {
		*code = KEEP_INVALID_NEW_VALUE;
		return NULL;
	}
	if (!rules->repo->config.deny_non_fast_forwards || oid_is_null(old_oid))
		return NULL;
	return judge_fast_forward(rules, old_oid, new_oid, code);
}

/*
 * A client names what it was shown. It was not shown a ref that points to nothing, and may delete
 * that all the same; what was created since, it may not.
 */
static const struct fault *judge_unseen(
	const struct ref_rules *rules, const char *name, struct oid *old_oid, enum keep_code *code)
{
	struct oid present;
	bool found, whole;

	TRY(ref_read(rules->repo, name, &found, &present));
	if (!found) {
		*code = KEEP_OK_NOT_THERE;
		return NULL;
	}
	TRY(exists(rules, &present, &whole));
	*code = whole ? KEEP_INCORRECT_OLD_VALUE : KEEP_OK_CORRUPT;
	if (!whole)
		*old_oid = present;
	return NULL;
}

static const struct fault *judge_delete(
	const struct ref_rules *rules, const char *name, struct oid *old_oid, enum keep_code *code)
{
	bool found;

	*code = KEEP_OK;
	if (rules->repo->config.deny_deletes && is_branch(name))
		*code = KEEP_DELETION_PROHIBITED;
	else if (rules->repo->config.deny_delete_current && is_current(rules, name))
		*code = KEEP_DELETION_OF_CURRENT;
	if (*code != KEEP_OK)
		return NULL;
	TRY(exists(rules, old_oid, &found));
	return found ? NULL : judge_unseen(rules, name, old_oid, code);
}

const struct fault *ref_rules_judge(const struct ref_rules *rules, const char *name,
	struct oid *old_oid, const struct oid *new_oid, enum keep_code *code)
{
	const struct repo_config *config = &rules->repo->config;

	if (!config->bare && config->deny_current_branch && is_current(rules, name)) {
		*code = KEEP_CHECKED_OUT;
		return NULL;
	}
	if (oid_is_null(new_oid))
		return judge_delete(rules, name, old_oid, code);
	return judge_value(rules, name, old_oid, new_oid, code);
}
