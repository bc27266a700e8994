#!/bin/bash
# SPDX-License-Identifier: ISC
# The units on a real systemd as PID 1, Debian 12's and Debian 13's.
. "$(dirname "$0")/lib.sh"
. "$tests/container.sh"
in_each_container inside/systemd.sh
finish
