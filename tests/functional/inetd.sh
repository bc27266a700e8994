#!/bin/bash
# SPDX-License-Identifier: ISC
# A real openbsd-inetd with the documented lines, on Debian 12 and Debian 13.
. "$(dirname "$0")/lib.sh"
. "$tests/container.sh"
in_each_container inside/inetd.sh
finish
