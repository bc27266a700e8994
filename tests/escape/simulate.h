/* SPDX-License-Identifier: ISC */
/* tests/escape/simulate.h: what a filter answers to a system call, without making it. */
#ifndef TESTS_ESCAPE_SIMULATE_H
#define TESTS_ESCAPE_SIMULATE_H

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include "cell/sandbox.h"

/* The SECCOMP_RET_… value; the kernel would refuse a program that this one cannot run: 0. */
uint32_t simulate(const struct filter *filter, const struct seccomp_data *call);

#endif
