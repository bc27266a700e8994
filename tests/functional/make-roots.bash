#!/bin/bash
# SPDX-License-Identifier: ISC
# Makes the root file systems that the container tests boot, where the cache does not have them yet.
# shellcheck disable=SC2154 # lib.sh sets tests, container.sh sets releases
GITCELL_BUILD=
. "$(dirname "$0")/lib.sh"
. "$tests/container.sh"
for release in $releases; do
	container_root "$release" || exit 1
done
