/* SPDX-License-Identifier: ISC */
/* seccomp/policy.c: reads seccomp/STAGE.policy when gitcell is built; policy.h has the grammar. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "seccomp/policy.h"

/* One row being read: all of its lines without their comments, and where we are in them. */
struct scanner {
	const char *path;
	unsigned line;
	const char *at;
};

void policy_fail(const char *path, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s:", path);
	if (line)
		fprintf(stderr, "%u:", line);
	fputc(' ', stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(EXIT_FAILURE);
}

/* Appends the words of FROM to TEXT with one blank between any two. */
static void append_words(
	char text[POLICY_TEXT_MAX], const char *from, const char *path, unsigned line)
{
	size_t len = strlen(text);

	while (*from) {
		size_t word = strcspn(from, " \t\n");
		if (word && len + word + 2 > POLICY_TEXT_MAX)
			policy_fail(path, line, "more than %d bytes of text", POLICY_TEXT_MAX);
		if (word && len)
			text[len++] = ' ';
		memcpy(text + len, from, word);
		len += word;
		from += word + (from[word] != '\0');
	}
	text[len] = '\0';
}

static void skip_blanks(struct scanner *s)
{
	while (*s->at == ' ')
		s->at++;
}

static bool take(struct scanner *s, const char *token)
{
	size_t len = strlen(token);

	skip_blanks(s);
	if (strncmp(s->at, token, len) != 0)
		return false;
	s->at += len;
	return true;
}

static void expect(struct scanner *s, const char *token)
{
	if (!take(s, token))
		policy_fail(s->path, s->line, "expected \"%s\" at \"%s\"", token, s->at);
}

static void take_name(struct scanner *s, char name[POLICY_NAME_MAX])
{
	size_t len = 0;

	skip_blanks(s);
	while (isalnum((unsigned char)s->at[len]) || s->at[len] == '_')
		len++;
	if (len == 0)
		policy_fail(s->path, s->line, "expected a name at \"%s\"", s->at);
	if (len >= POLICY_NAME_MAX)
		policy_fail(s->path, s->line, "a name of %zu bytes", len);
	memcpy(name, s->at, len);
	name[len] = '\0';
	s->at += len;
}

static uint64_t take_number(struct scanner *s)
{
	char *end;
	uint64_t number;

	errno = 0;
	number = strtoull(s->at, &end, 0);
	if (errno || isalnum((unsigned char)*end))
		policy_fail(s->path, s->line, "not a number: \"%s\"", s->at);
	s->at = end;
	return number;
}

static uint64_t take_value(struct scanner *s);

static uint64_t take_term(struct scanner *s)
{
	char name[POLICY_NAME_MAX];
	uint64_t value;

	if (take(s, "~"))
		return ~take_term(s);
	if (take(s, "(")) {
		value = take_value(s);
		expect(s, ")");
		return value;
	}
	skip_blanks(s);
	if (isdigit((unsigned char)*s->at))
		return take_number(s);
	take_name(s, name);
	if (!constant_value(name, &value))
		policy_fail(s->path, s->line, "unknown constant %s (see constants.c)", name);
	return value;
}

static uint64_t take_value(struct scanner *s)
{
	uint64_t value = take_term(s);

	while (take(s, "|"))
		value |= take_term(s);
	return value;
}

static enum scmp_compare take_operator(struct scanner *s)
{
	if (take(s, "=="))
		return SCMP_CMP_EQ;
	if (take(s, "<="))
		return SCMP_CMP_LE;
	policy_fail(s->path, s->line, "expected == or <= at \"%s\"", s->at);
}

static unsigned take_argument(struct scanner *s, const struct policy_row *row)
{
	unsigned arg;

	expect(s, "arg");
	arg = (unsigned)(unsigned char)*s->at - '0';
	if (arg >= POLICY_ARGS_MAX)
		policy_fail(s->path, s->line, "expected arg0 to arg5 at \"%s\"", s->at - 3);
	s->at++;
	for (unsigned i = 0; i < row->compare_count; i++)
		if (row->compare[i].arg == arg)
			policy_fail(s->path, s->line, "arg%u is compared twice", arg);
	return arg;
}

static void take_comparison(struct scanner *s, struct policy_row *row)
{
	struct scmp_arg_cmp *compare = &row->compare[row->compare_count];
	bool masked;

	compare->arg = take_argument(s, row);
	masked = take(s, "&");
	if (masked)
		compare->datum_a = take_term(s);
	compare->op = take_operator(s);
	if (!masked) {
		compare->datum_a = take_value(s);
	} else {
		if (compare->op != SCMP_CMP_EQ)
			policy_fail(s->path, s->line, "a mask goes with == only");
		compare->op = SCMP_CMP_MASKED_EQ;
		compare->datum_b = take_value(s);
		if (compare->datum_b & ~compare->datum_a)
			policy_fail(s->path, s->line, "the value has bits outside the mask");
	}
	row->compare_count++;
}

static void take_condition(struct scanner *s, struct policy_row *row)
{
	const char *start;

	skip_blanks(s);
	start = s->at;
	do
		take_comparison(s, row);
	while (take(s, "and "));
	memcpy(row->condition, start, (size_t)(s->at - start));
	for (size_t len = strlen(row->condition); row->condition[len - 1] == ' ';)
		row->condition[--len] = '\0';
}

static void take_action(struct scanner *s, struct policy_row *row)
{
	char name[POLICY_NAME_MAX];
	int number;

	expect(s, "errno ");
	take_name(s, name);
	number = errno_number(name);
	if (number == 0)
		policy_fail(s->path, s->line, "unknown errno %s", name);
	row->verdict = SCMP_ACT_ERRNO((uint32_t)number);
	snprintf(row->action, sizeof row->action, "errno %s", name);
}

static void parse_row(struct policy *policy, struct policy_row *row, const char *text)
{
	struct scanner s = {policy->path, row->line, text};

	take_name(&s, row->syscall);
	row->optional = take(&s, "?");
	if (take(&s, "if "))
		take_condition(&s, row);
	snprintf(row->action, sizeof row->action, "allow");
	row->verdict = SCMP_ACT_ALLOW;
	if (take(&s, "->"))
		take_action(&s, row);
	skip_blanks(&s);
	if (*s.at)
		policy_fail(s.path, s.line, "left over: \"%s\"", s.at);
	if (row->reason[0] == '\0')
		policy_fail(s.path, s.line, "%s has no reason", row->syscall);
}

/* Cuts the comment off LINE and returns it; "" if there is none. */
static const char *cut_comment(char *line)
{
	char *hash = strchr(line, '#');

	if (!hash)
		return "";
	*hash = '\0';
	return hash + 1;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\n")] == '\0';
}

static struct policy_row *begin_row(struct policy *policy, unsigned line)
{
	if (policy->count == POLICY_ROWS_MAX)
		policy_fail(policy->path, line, "more than %d rows", POLICY_ROWS_MAX);
	policy->rows[policy->count].line = line;
	return &policy->rows[policy->count++];
}

/* The summary is the first comment line without the stage's own name: "# fetch: serves …". */
static void note_summary(struct policy *policy, const char *comment, unsigned line)
{
	const char *colon = strstr(comment, ": ");

	if (policy->summary[0] == '\0' && policy->count == 0)
		append_words(policy->summary, colon ? colon + 2 : comment, policy->path, line);
}

static void read_lines(struct policy *policy, FILE *file)
{
	char line[POLICY_TEXT_MAX], text[POLICY_TEXT_MAX] = "";
	struct policy_row *row = NULL;

	for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
		bool continues = line[0] == ' ' || line[0] == '\t';
		const char *comment = cut_comment(line);
		if (!continues && row) {
			parse_row(policy, row, text);
			row = NULL;
			text[0] = '\0';
		}
		if (!continues && is_blank(line)) {
			note_summary(policy, comment, number);
			continue;
		}
		if (!row && continues)
			policy_fail(policy->path, number, "an indented line continues nothing");
		if (!row)
			row = begin_row(policy, number);
		append_words(text, line, policy->path, number);
		append_words(row->reason, comment, policy->path, number);
	}
	if (row)
		parse_row(policy, row, text);
}

void policy_read(struct policy *policy, const char *path)
{
	FILE *file = fopen(path, "r");

	memset(policy, 0, sizeof *policy);
	policy->path = path;
	if (!file)
		policy_fail(path, 0, "%s", strerror(errno));
	read_lines(policy, file);
	if (ferror(file))
		policy_fail(path, 0, "cannot be read");
	fclose(file);
	if (policy->summary[0] == '\0')
		policy_fail(path, 1, "the first line is not a summary");
}
