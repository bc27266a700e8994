/* SPDX-License-Identifier: ISC */
/* tests/escape/attempts.h: attempts that take more than one system call with constant arguments. */
#ifndef TESTS_ESCAPE_ATTEMPTS_H
#define TESTS_ESCAPE_ATTEMPTS_H

#include "tests/escape/cage.h"

attempt_fn run_a_memfd, fork_a_child, clone3_a_child, open_by_o_path, open_by_openat2, connect_tcp,
	connect_abstract, signal_the_parent, signal_by_tgkill, ptrace_the_parent,
	read_the_parents_memory, i386_getpid, loosen_by_a_filter, loosen_by_a_ruleset,
	pass_a_descriptor, receive_a_descriptor, raise_a_limit;

/* Listens at the abstract name that connect_abstract() tries; before the first attempt. */
void listen_at_an_abstract_name(void);

/* tests/escape/duties.c: what must work. */
attempt_fn reads_an_object, lists_a_directory, maps_a_pack, uses_memory, waits,
	talks_and_logs, asks_the_clock_and_chance, stores_a_pack, moves_a_ref, installs_a_pack,
	sweeps_the_quarantine, sweeps_a_dead_quarantine, makes_a_colleague;

#endif
