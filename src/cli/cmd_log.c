/* SPDX-License-Identifier: ISC */
/* cli/cmd_log.c: "gitcell log": what is asked of the journal; log_show.c shows what it says. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "cell/policy.h"
#include "cli/log_show.h"
#include "cli/options.h"
#include "cli/when.h"

#define LINES_DEFAULT "100"
#define LINES_MAX 1000000

static const struct fault fault_asked = {BLAME_HOST, "cannot ask the journal for that"};

/* As people say it. */
struct wish {
	const char *config, *directory, *user, *repository, *ref, *since, *until, *lines;
	bool pushes, fetches, json;
};

/* The texts that a query points to. */
struct query_texts {
	struct buffer user, user_too, repository, ref;
};

/* The log calls a user whose name nobody had to look up "uid N". */
static void name_user(const char *user, struct query_texts *texts, struct journal_query *query)
{
	struct cursor c = cursor_over_text(user);
	uint64_t uid;
	bool by_uid = cursor_decimal(&c, UINT32_MAX, &uid) && cursor_at_end(&c);
	const struct passwd *found = by_uid ? getpwuid((uid_t)uid) : getpwnam(user);

	if (by_uid)
		buffer_format(&texts->user, "uid %llu", (unsigned long long)uid);
	else
		buffer_escaped(&texts->user, user, strlen(user));
	query->user = buffer_cstr(&texts->user);
	if (!found)
		return;
	if (by_uid)
		buffer_escaped(&texts->user_too, found->pw_name, strlen(found->pw_name));
	else
		buffer_format(&texts->user_too, "uid %u", (unsigned)found->pw_uid);
	query->user_too = buffer_cstr(&texts->user_too);
}

static const struct fault *name_repository(
	const char *name, struct query_texts *texts, struct journal_query *query)
{
	char canonical[REPOSITORY_NAME_MAX + 1];

	TRY(repository_name(cursor_over_text(name), canonical));
	buffer_escaped(&texts->repository, canonical, strlen(canonical));
	query->repository = buffer_cstr(&texts->repository);
	return NULL;
}

static const struct fault *read_time(const char *text, uint64_t *us)
{
	int64_t seconds;

	if (!text)
		return NULL;
	TRY(when_parse(text, time(NULL), &seconds));
	*us = seconds > 0 ? (uint64_t)seconds * 1000000 : 1;
	return NULL;
}

static const struct fault *read_lines(const char *text, size_t *lines)
{
	struct cursor c = cursor_over_text(text);
	uint64_t number;

	if (!cursor_decimal(&c, LINES_MAX, &number) || !cursor_at_end(&c))
		return fault_note(
			&fault_asked, "--lines=%.32s: give 0 (all) to %d", text, LINES_MAX);
	*lines = (size_t)number;
	return NULL;
}

/* The server runs as the owner of the root. */
static const struct fault *find_sender(const char *config, struct journal_query *query)
{
	struct policy *policy = NULL;
	struct stat st;
	int error = 0;

	TRY(policy_load(config, &policy, NULL, NULL));
	if (stat(policy_settings(policy)->root, &st) < 0)
		error = errno;
	policy_free(policy);
	if (error)
		return fault_errno(&fault_asked, error, "the root, whose owner is the server");
	query->sender_known = true;
	query->sender = st.st_uid;
	return NULL;
}

static const struct fault *form_query(
	const struct wish *wish, struct query_texts *texts, struct journal_query *query)
{
	if (wish->pushes && wish->fetches)
		return fault_note(&fault_asked, "give --pushes or --fetches, or neither for both");
	if (wish->pushes || wish->fetches)
		query->verb =
			service_name(wish->pushes ? SERVICE_RECEIVE_PACK : SERVICE_UPLOAD_PACK);
	if (wish->user)
		name_user(wish->user, texts, query);
	if (wish->repository)
		TRY(name_repository(wish->repository, texts, query));
	if (wish->ref) {
		buffer_escaped(&texts->ref, wish->ref, strlen(wish->ref));
		query->ref = buffer_cstr(&texts->ref);
	}
	TRY(read_time(wish->since, &query->since_us));
	TRY(read_time(wish->until, &query->until_us));
	return read_lines(wish->lines, &query->lines);
}

static const struct fault *show(
	const struct wish *wish, const struct journal_query *query, struct buffer *out)
{
	struct journal_entries entries;

	TRY(journal_read(query, &entries));
	if (!entries.count)
		cli_warn("nothing found%s",
			wish->directory || !geteuid()
				? ""
				: "; only root and the group systemd-journal can read all of the "
				  "journal");
	if (wish->json)
		log_show_json(&entries, out);
	else
		log_show_text(&entries, out);
	journal_free(&entries);
	return NULL;
}

static int run(const struct wish *wish, struct buffer *out)
{
	struct query_texts texts = {.user = BUFFER_INIT};
	struct journal_query query = {.directory = wish->directory};
	const struct fault *fault = form_query(wish, &texts, &query);
	int status = CLI_USAGE;

	if (fault) {
		cli_fail(fault);
	} else {
		/* the users of another machine's journal are not known here */
		if (!wish->directory)
			fault = find_sender(wish->config, &query);
		if (!fault)
			fault = show(wish, &query, out);
		status = fault ? cli_fail(fault) : CLI_OK;
	}
	buffer_free(&texts.user);
	buffer_free(&texts.user_too);
	buffer_free(&texts.repository);
	buffer_free(&texts.ref);
	return status;
}

int cmd_log(const struct command *self, int argc, char **argv)
{
	struct wish wish = {.lines = LINES_DEFAULT};
	struct buffer out = BUFFER_INIT;
	char **operands;
	int status;
	const struct option_row rows[] = {
		{"user", "USER", "of this user, by name or uid", .value = &wish.user},
		{"repo", "REPOSITORY", "of this repository; its name alone will do",
			.value = &wish.repository},
		{"ref", "REF", "that moved this ref; a branch or tag may be given short",
			.value = &wish.ref},
		{"since", "TIME", "from TIME on: YYYY-MM-DD [HH:MM[:SS]], or -2h",
			.value = &wish.since},
		{"until", "TIME", "before TIME", .value = &wish.until},
		{"pushes", NULL, "pushes alone", .flag = &wish.pushes},
		{"fetches", NULL, "fetches alone", .flag = &wish.fetches},
		{"lines", "N", "the newest N, instead of " LINES_DEFAULT "; 0: all",
			.value = &wish.lines},
		OPTION_CONFIG(&wish.config),
		{"directory", "DIR", "the journal files in DIR, of any sender",
			.value = &wish.directory},
		{"json", NULL, "one JSON object per line", .flag = &wish.json},
	};

	if (!options_read(self, ROWS(rows), argc, argv, 0, 1, &operands, &status))
		return status;
	if (*operands)
		wish.repository = *operands;
	status = run(&wish, &out);
	if (status != CLI_OK) {
		buffer_free(&out);
		return status;
	}
	return cli_finish(&out, CLI_OK);
}
