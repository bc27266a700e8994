/* SPDX-License-Identifier: ISC */
/* object/fsck_private.h: what the files of the object checks share. */
#ifndef OBJECT_FSCK_PRIVATE_H
#define OBJECT_FSCK_PRIVATE_H

#include "object/fsck.h"

/* One object under examination. */
struct fsck {
	const struct hash_algo *algo;
	fsck_report *report;
	void *arg;
	const struct fsck_links *links; /* may be NULL */
	bool stopped;                   /* the reporter has heard enough */
};

/* A row per message: constant, id, level, text. In the order of git's documentation of them. */
#define FSCK_MESSAGES(X)                                                                           \
	X(BAD_DATE, "badDate", ERROR, "invalid author/committer line - bad date")                  \
	X(BAD_DATE_OVERFLOW, "badDateOverflow", ERROR,                                             \
		"invalid author/committer line - date causes integer overflow")                    \
	X(BAD_EMAIL, "badEmail", ERROR, "invalid author/committer line - bad email")               \
	X(BAD_FILEMODE, "badFilemode", INFO, "contains bad file modes")                            \
	X(BAD_NAME, "badName", ERROR, "invalid author/committer line - bad name")                  \
	X(BAD_OBJECT_SHA1, "badObjectSha1", ERROR, "invalid 'object' line format - bad sha1")      \
	X(BAD_PARENT_SHA1, "badParentSha1", ERROR, "invalid 'parent' line format - bad sha1")      \
	X(BAD_TAG_NAME, "badTagName", INFO, "invalid 'tag' name")                                  \
	X(BAD_TIMEZONE, "badTimezone", ERROR, "invalid author/committer line - bad time zone")     \
	X(BAD_TREE, "badTree", ERROR, "cannot be parsed as a tree")                                \
	X(BAD_TREE_SHA1, "badTreeSha1", ERROR, "invalid 'tree' line format - bad sha1")            \
	X(BAD_TYPE, "badType", ERROR, "invalid 'type' value")                                      \
	X(DUPLICATE_ENTRIES, "duplicateEntries", ERROR, "contains duplicate file entries")         \
	X(EXTRA_HEADER_ENTRY, "extraHeaderEntry", IGNORE,                                          \
		"invalid format - extra header(s) after 'tagger'")                                 \
	X(FULL_PATHNAME, "fullPathname", WARN, "contains full pathnames")                          \
	X(GITATTRIBUTES_BLOB, "gitattributesBlob", ERROR, "non-blob found at .gitattributes")      \
	X(GITATTRIBUTES_LARGE, "gitattributesLarge", ERROR, ".gitattributes too large to parse")   \
	X(GITATTRIBUTES_LINE_LENGTH, "gitattributesLineLength", ERROR,                             \
		".gitattributes has too long lines to parse")                                      \
	X(GITATTRIBUTES_MISSING, "gitattributesMissing", ERROR,                                    \
		"unable to read .gitattributes blob")                                              \
	X(GITATTRIBUTES_SYMLINK, "gitattributesSymlink", INFO, ".gitattributes is a symlink")      \
	X(GITIGNORE_SYMLINK, "gitignoreSymlink", INFO, ".gitignore is a symlink")                  \
	X(GITMODULES_BLOB, "gitmodulesBlob", ERROR, "non-blob found at .gitmodules")               \
	X(GITMODULES_LARGE, "gitmodulesLarge", ERROR, ".gitmodules too large to parse")            \
	X(GITMODULES_MISSING, "gitmodulesMissing", ERROR, "unable to read .gitmodules blob")       \
	X(GITMODULES_NAME, "gitmodulesName", ERROR, "disallowed submodule name")                   \
	X(GITMODULES_PARSE, "gitmodulesParse", INFO, "could not parse gitmodules blob")            \
	X(GITMODULES_PATH, "gitmodulesPath", ERROR, "disallowed submodule path")                   \
	X(GITMODULES_SYMLINK, "gitmodulesSymlink", ERROR, ".gitmodules is a symbolic link")        \
	X(GITMODULES_UPDATE, "gitmodulesUpdate", ERROR, "disallowed submodule update setting")     \
	X(GITMODULES_URL, "gitmodulesUrl", ERROR, "disallowed submodule url")                      \
	X(HAS_DOT, "hasDot", WARN, "contains '.'")                                                 \
	X(HAS_DOTDOT, "hasDotdot", WARN, "contains '..'")                                          \
	X(HAS_DOTGIT, "hasDotgit", WARN, "contains '.git'")                                        \
	X(LARGE_PATHNAME, "largePathname", WARN, "contains excessively large pathname")            \
	X(MAILMAP_SYMLINK, "mailmapSymlink", INFO, ".mailmap is a symlink")                        \
	X(MISSING_AUTHOR, "missingAuthor", ERROR, "invalid format - expected 'author' line")       \
	X(MISSING_COMMITTER, "missingCommitter", ERROR,                                            \
		"invalid format - expected 'committer' line")                                      \
	X(MISSING_EMAIL, "missingEmail", ERROR, "invalid author/committer line - missing email")   \
	X(MISSING_NAME_BEFORE_EMAIL, "missingNameBeforeEmail", ERROR,                              \
		"invalid author/committer line - missing space before email")                      \
	X(MISSING_OBJECT, "missingObject", ERROR, "invalid format - expected 'object' line")       \
	X(MISSING_SPACE_BEFORE_DATE, "missingSpaceBeforeDate", ERROR,                              \
		"invalid author/committer line - missing space before date")                       \
	X(MISSING_SPACE_BEFORE_EMAIL, "missingSpaceBeforeEmail", ERROR,                            \
		"invalid author/committer line - missing space before email")                      \
	X(MISSING_TAG, "missingTag", ERROR, "invalid format - unexpected end after 'type' line")   \
	X(MISSING_TAG_ENTRY, "missingTagEntry", ERROR, "invalid format - expected 'tag' line")     \
	X(MISSING_TAGGER_ENTRY, "missingTaggerEntry", INFO,                                        \
		"invalid format - expected 'tagger' line")                                         \
	X(MISSING_TREE, "missingTree", ERROR, "invalid format - expected 'tree' line")             \
	X(MISSING_TYPE, "missingType", ERROR, "invalid format - unexpected end after 'type' line") \
	X(MISSING_TYPE_ENTRY, "missingTypeEntry", ERROR, "invalid format - expected 'type' line")  \
	X(MULTIPLE_AUTHORS, "multipleAuthors", ERROR, "invalid format - multiple 'author' lines")  \
	X(NUL_IN_COMMIT, "nulInCommit", WARN, "NUL byte in the commit object body")                \
	X(NUL_IN_HEADER, "nulInHeader", ERROR, "unterminated header: NUL")                         \
	X(NULL_SHA1, "nullSha1", WARN, "contains entries pointing to null sha1")                   \
	X(TREE_NOT_SORTED, "treeNotSorted", ERROR, "not properly sorted")                          \
	X(UNTERMINATED_HEADER, "unterminatedHeader", ERROR, "unterminated header")                 \
	X(ZERO_PADDED_DATE, "zeroPaddedDate", ERROR,                                               \
		"invalid author/committer line - zero-padded date")                                \
	X(ZERO_PADDED_FILEMODE, "zeroPaddedFilemode", WARN, "contains zero-padded file modes")

enum fsck_id {
#define FSCK_ENUM(constant, id, level, text) FSCK_##constant,
	FSCK_MESSAGES(FSCK_ENUM)
#undef FSCK_ENUM
};

/* Reports the finding, unless the reporter has stopped. True if the examination goes on. */
bool fsck_found(struct fsck *f, enum fsck_id id);

/* Reports the finding, after which the rest cannot be examined: always false. */
bool fsck_ends_with(struct fsck *f, enum fsck_id id);

void fsck_commit(struct fsck *f, struct cursor content);
void fsck_tag(struct fsck *f, struct cursor content);
void fsck_tree(struct fsck *f, struct cursor content);

/* An author, committer or tagger: the LINE after its keyword, without LF. Same result. */
bool fsck_ident(struct fsck *f, struct cursor line);

/* The files that Git itself reads from a work tree. */
enum dot_file {
	DOT_GITMODULES,
	DOT_GITATTRIBUTES,
	DOT_GITIGNORE,
	DOT_MAILMAP,
};

/*
 * Does some file system take NAME for ".git", or for such a file: HFS+, which drops invisible
 * characters, or NTFS, with its short names, streams and trailing blanks and dots?
 */
bool name_is_dotgit(struct cursor name);
bool name_is_ntfs_dotgit(struct cursor name);
bool name_is_dot_file(struct cursor name, enum dot_file file);
bool name_is_ntfs_dot_file(struct cursor name, enum dot_file file);

/* What git-submodule(1) may be given without harm. */
bool submodule_name_allowed(struct cursor name);
bool submodule_url_allowed(struct cursor url);

#endif
