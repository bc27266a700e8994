#!/bin/bash
# SPDX-License-Identifier: ISC
# A real sshd in front of gitcell-shell, on Debian 12 and Debian 13.
. "$(dirname "$0")/lib.sh"
. "$tests/container.sh"
in_each_container inside/ssh.sh
finish
