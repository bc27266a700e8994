/* SPDX-License-Identifier: ISC */
/*
 * repo/repo_config.h: what a repository's own config says to us, by an allow-list of keys, and
 * whether its format is one that we serve. gitrepository-layout(5), git-config(1).
 */
#ifndef REPO_REPO_CONFIG_H
#define REPO_REPO_CONFIG_H

#include "base/cursor.h"
#include "repo/repo.h"

#define EXTENSION_TEXT_MAX 64 /* of "name=value" as quoted in a fault; longer ones are cut */

/* What counts for the verdict; keys may come in any order. */
struct repo_format {
	bool has_version;
	uint64_t version;
	bool worktree_config;              /* extensions.worktreeConfig: config.worktree counts */
	char v1_only[EXTENSION_TEXT_MAX];  /* an extension that needs version 1, or "" */
	char unknown[EXTENSION_TEXT_MAX];  /* one that nobody told us of, or "" */
	char unserved[EXTENSION_TEXT_MAX]; /* one whose value we cannot serve, or "" */
};

/* Reads TEXT, all of it; CONFIG and FORMAT keep what no key changes. */
const struct fault *repo_config_read(
	struct cursor text, struct repo_config *config, struct repo_format *format) MUST_USE;

/* Is it a format that we serve? fault_repository_format with the reason if not. */
const struct fault *repo_format_check(const struct repo_format *format) MUST_USE;

#endif
