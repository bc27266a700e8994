/* SPDX-License-Identifier: ISC */
/* cli/cmd_list.c: "gitcell list". Reads as whoever calls it; what is found is escaped. */
#include <unistd.h>
#include "cell/policy.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/repositories.h"
#include "cli/table.h"

struct listing {
	const char *root;
	int fd;
	bool sizes;
	struct json json; /* with an output if JSON is asked for */
	struct table table;
};

/* What is said of one repository. */
struct line {
	const struct repository *repository;
	const char *head; /* NULL: detached or not known */
	size_t refs;
	uint64_t bytes;
	const char *problem; /* why it would not be served; NULL: it would */
};

static bool add_blocks(void *arg, const struct tree_entry *entry)
{
	*(uint64_t *)arg += (uint64_t)entry->stat.st_blocks * 512;
	return true;
}

/* What the files occupy; what cannot be read does not count. */
static uint64_t disk_usage(int root, const char *path)
{
	uint64_t bytes = 0;
	int dir = tree_open(root, path);

	if (dir < 0 || tree_walk(dir, add_blocks, NULL, &bytes))
		bytes = 0;
	if (dir >= 0)
		close(dir);
	return bytes;
}

static const char *short_branch(const char *ref)
{
	static const char heads[] = "refs/heads/";

	return strncmp(ref, heads, sizeof heads - 1) == 0 ? ref + sizeof heads - 1 : ref;
}

static void format_size(uint64_t bytes, struct buffer *out)
{
	static const char units[] = "KMGTPE";
	size_t i = 0;

	while (bytes >> 20 && i + 2 < sizeof units) {
		bytes = (bytes + 512) / 1024;
		i++;
	}
	buffer_format(out, "%llu.%llu %ciB", (unsigned long long)(bytes / 1024),
		(unsigned long long)(bytes % 1024 * 10 / 1024), units[i]);
}

static void print_row(struct listing *listing, const struct line *line)
{
	struct table *table = &listing->table;
	struct buffer text = BUFFER_INIT;

	table_cell(table, line->repository->name ? line->repository->name : line->repository->path);
	table_cell(table, line->head ? short_branch(line->head) : NULL);
	table_format(table, "%zu", line->refs);
	if (listing->sizes) {
		format_size(line->bytes, &text);
		table_cell(table, buffer_cstr(&text));
		buffer_reset(&text);
	}
	if (line->problem)
		buffer_format(&text, "not served: %s", line->problem);
	table_cell(table, line->problem ? buffer_cstr(&text) : "ok");
	buffer_free(&text);
}

static void print_json(struct listing *listing, const struct line *line)
{
	struct json *json = &listing->json;

	json_object(json, NULL);
	json_text(json, "name", line->repository->name);
	json_text(json, "path", line->repository->path);
	json_text(json, "head", line->head);
	json_number(json, "refs", line->refs);
	if (listing->sizes)
		json_number(json, "bytes", line->bytes);
	json_text(json, "problem", line->problem);
	json_end_object(json);
}

/* Fills LINE in; the reason why a repository would not be served is in its detail, if it has one.
 */
static void read_repository(const struct listing *listing, struct line *line, struct refs *refs)
{
	struct repo repo;
	const struct fault *fault =
		repository_inspect(listing->fd, line->repository->path, &repo, refs);

	line->refs = refs->count;
	line->head = refs->head_is_symref ? refs->head_symref : NULL;
	if (fault)
		line->problem = *fault_detail(fault) ? fault_detail(fault) : fault->text;
	else if (!line->repository->name)
		line->problem = "no client can say this name";
}

static void list_one(struct listing *listing, const struct repository *repository)
{
	struct line line = {.repository = repository};
	struct refs refs = {0};

	read_repository(listing, &line, &refs);
	if (listing->sizes)
		line.bytes = disk_usage(listing->fd, repository->path);
	if (listing->json.out)
		print_json(listing, &line);
	else
		print_row(listing, &line);
	refs_free(&refs);
}

static const struct fault *list_all(struct listing *listing)
{
	struct repositories all;

	TRY(repositories_find(&all, listing->fd, NULL, NULL));
	for (size_t i = 0; i < all.count; i++)
		list_one(listing, &all.list[i]);
	repositories_free(&all);
	return NULL;
}

static const struct fault *list_root(struct listing *listing, struct buffer *out)
{
	static const char *const brief[] = {"REPOSITORY", "HEAD", "REFS", "STATE", NULL};
	static const char *const full[] = {"REPOSITORY", "HEAD", "REFS", "SIZE", "STATE", NULL};
	const struct fault *fault;

	TRY(root_open(listing->root, &listing->fd));
	listing->table.headings = listing->sizes ? full : brief;
	if (listing->json.out)
		json_array(&listing->json, NULL);
	fault = list_all(listing);
	close(listing->fd);
	if (!fault && listing->json.out) {
		json_end_array(&listing->json);
		json_newline(&listing->json);
	} else if (!fault) {
		table_print(&listing->table, cli_bold(), out);
	}
	table_free(&listing->table);
	return fault;
}

int cmd_list(const struct command *self, int argc, char **argv)
{
	const char *config = NULL;
	bool json = false;
	struct listing listing = {.fd = -1};
	struct buffer out = BUFFER_INIT;
	struct policy *policy = NULL;
	const struct fault *fault;
	char **operands;
	int status;
	const struct option_row rows[] = {
		OPTION_CONFIG(&config),
		{"long", NULL, "also what each occupies on disk", .flag = &listing.sizes},
		OPTION_JSON(&json),
	};

	if (!options_read(self, ROWS(rows), argc, argv, 0, 0, &operands, &status))
		return status;
	fault = policy_load(config, &policy, NULL, NULL);
	if (fault)
		return cli_fail(fault);
	listing.root = policy_settings(policy)->root;
	listing.json.out = json ? &out : NULL;
	fault = list_root(&listing, &out);
	policy_free(policy);
	return fault ? cli_fail(fault) : cli_finish(&out, CLI_OK);
}
