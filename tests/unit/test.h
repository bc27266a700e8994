/* SPDX-License-Identifier: ISC */
/* tests/unit/test.h: cmocka, and the few words our tests share. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/fault.h"

/* CALL succeeds; or fails with exactly the fault that is expected: the addresses are compared. */
#define assert_ok(call) assert_fault(call, NULL)
#define assert_fault(call, expected)                                                               \
	do {                                                                                       \
		const struct fault *got_ = (call), *want_ = (expected);                            \
		if (got_ != want_)                                                                 \
			fail_msg("%s: got \"%s\" (%s), expected \"%s\"", #call,                    \
				got_ ? got_->text : "success", fault_detail(got_),                 \
				want_ ? want_->text : "success");                                  \
	} while (0)

#define CURSOR(literal) cursor_over(literal, sizeof(literal) - 1)

#endif
