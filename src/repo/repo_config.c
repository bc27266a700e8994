/* SPDX-License-Identifier: ISC */
/*
 * repo/repo_config.c: the allow-list of a repository's config. Stage request; touches memory only.
 * What is not in the tables below is not looked at: no program, path, include or hook.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/gitconfig.h"
#include "repo/repo_config.h"

#define REPOSITORY_VERSION_MAX 1

typedef const struct fault *take_value(const struct gitconfig_entry *entry, bool *out);

static const struct fault *bad_value(const struct gitconfig_entry *entry)
{
	return fault_note(&fault_repository_format, "config line %u: bad value of %s.%s",
		entry->line, entry->section, entry->key);
}

static const struct fault *take_bool(const struct gitconfig_entry *entry, bool *out)
{
	return gitconfig_bool(entry, out) ? NULL : bad_value(entry);
}

/* The words of receive.denyCurrentBranch and its like. updateInstead would touch a work tree, which
 * we never do: it denies. */
static const struct fault *take_deny(const struct gitconfig_entry *entry, bool *out)
{
	static const struct {
		const char *word;
		bool denies;
	} words[] = {
		{"refuse", true},
		{"updateinstead", true},
		{"warn", false},
		{"ignore", false},
	};

	for (size_t i = 0; entry->has_value && i < sizeof words / sizeof *words; i++) {
		if (strcasecmp(entry->value, words[i].word) != 0)
			continue;
		*out = words[i].denies;
		return NULL;
	}
	return take_bool(entry, out);
}

static const struct {
	const char *section, *key;
	take_value *take;
	size_t offset;
} keys[] = {
	{"core", "bare", take_bool, offsetof(struct repo_config, bare)},
	{"receive", "denydeletes", take_bool, offsetof(struct repo_config, deny_deletes)},
	{"receive", "denynonfastforwards", take_bool,
		offsetof(struct repo_config, deny_non_fast_forwards)},
	{"receive", "denydeletecurrent", take_deny,
		offsetof(struct repo_config, deny_delete_current)},
	{"receive", "denycurrentbranch", take_deny,
		offsetof(struct repo_config, deny_current_branch)},
};

/* Extensions that git knows. V1: only where the version is 1. SERVED: the one value that we serve,
 * "*" for any, NULL for none. */
static const struct {
	const char *name;
	bool v1;
	const char *served;
} extensions[] = {
	{"noop", false, "*"},
	{"preciousobjects", false, "*"},
	{"partialclone", false, "*"},
	{"worktreeconfig", false, "*"},
	{"noop-v1", true, "*"},
	{"relativeworktrees", true, "*"},
	{"submodulepathconfig", true, "*"},
	{"objectformat", true, "sha1"},
	{"refstorage", true, "files"},
	{"compatobjectformat", true, NULL},
};

static bool value_served(const char *served, const struct gitconfig_entry *entry)
{
	return served && (strcmp(served, "*") == 0 ||
				 (entry->has_value && strcmp(served, entry->value) == 0));
}

/* Enough of it to be named in a fault. */
static void quote(char out[EXTENSION_TEXT_MAX], const struct gitconfig_entry *entry)
{
	snprintf(out, EXTENSION_TEXT_MAX, "%.31s=%.31s", entry->key, entry->value);
}

static const struct fault *take_extension(
	const struct gitconfig_entry *entry, struct repo_format *format)
{
	size_t i = 0, count = sizeof extensions / sizeof *extensions;

	while (i < count && strcmp(extensions[i].name, entry->key) != 0)
		i++;
	if (i == count) {
		quote(format->unknown, entry);
		return NULL;
	}
	if (extensions[i].v1)
		quote(format->v1_only, entry);
	if (!value_served(extensions[i].served, entry))
		quote(format->unserved, entry);
	if (strcmp(entry->key, "worktreeconfig") == 0)
		return take_bool(entry, &format->worktree_config);
	return NULL;
}

static const struct fault *take_version(
	const struct gitconfig_entry *entry, struct repo_format *format)
{
	if (!entry->has_value || !gitconfig_size(entry->value, INT32_MAX, &format->version))
		return bad_value(entry);
	format->has_version = true;
	return NULL;
}

/* Refs that somebody wanted hidden must not be shown because we do not know how to hide them yet.
 */
static const struct fault *refuse_hidden_refs(const struct gitconfig_entry *entry)
{
	static const char *const sections[] = {"transfer", "uploadpack", "receive"};

	if (strcmp(entry->key, "hiderefs") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (strcmp(sections[i], entry->section) == 0)
			return fault_note(&fault_repository_format,
				"config line %u: %s.hiderefs cannot be honoured yet", entry->line,
				entry->section);
	return NULL;
}

static const struct fault *take_entry(
	const struct gitconfig_entry *entry, struct repo_config *config, struct repo_format *format)
{
	if (entry->subsection || !entry->key[0])
		return NULL;
	TRY(refuse_hidden_refs(entry));
	if (strcmp(entry->section, "extensions") == 0)
		return take_extension(entry, format);
	if (strcmp(entry->section, "core") == 0 &&
		strcmp(entry->key, "repositoryformatversion") == 0)
		return take_version(entry, format);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i].section, entry->section) == 0 &&
			strcmp(keys[i].key, entry->key) == 0)
			return keys[i].take(entry, (bool *)((char *)config + keys[i].offset));
	return NULL;
}

/* The syntax is blamed on whoever wrote the file: here, on the repository. */
static const struct fault *syntax_fault(const struct fault *fault)
{
	char why[256];

	snprintf(why, sizeof why, "%s", fault_detail(fault));
	return fault_note(&fault_repository_format, "config: %s", why);
}

const struct fault *repo_config_read(
	struct cursor text, struct repo_config *config, struct repo_format *format)
{
	struct gitconfig_entry entry;
	struct gitconfig reader;
	const struct fault *fault;
	bool more;

	gitconfig_start(&reader, text);
	for (;;) {
		fault = gitconfig_next(&reader, &entry, &more);
		if (fault)
			return syntax_fault(fault);
		if (!more)
			return NULL;
		TRY(take_entry(&entry, config, format));
	}
}

const struct fault *repo_format_check(const struct repo_format *format)
{
	if (!format->has_version)
		return NULL; /* from before there were versions: extensions mean nothing */
	if (format->version > REPOSITORY_VERSION_MAX)
		return fault_note(&fault_repository_format,
			"Expected git repo version <= %d, found %llu", REPOSITORY_VERSION_MAX,
			(unsigned long long)format->version);
	if (format->version == 0 && format->v1_only[0])
		return fault_note(&fault_repository_format,
			"repo version is 0, but v1-only extension found: %s", format->v1_only);
	if (format->version == 1 && format->unknown[0])
		return fault_note(&fault_repository_format,
			"unknown repository extension found: %s", format->unknown);
	if (format->unserved[0])
		return fault_note(&fault_repository_format, "extensions.%s cannot be served yet",
			format->unserved);
	return NULL;
}
