#!/bin/sh
# Makes ./configure from configure.ac; needed once in a checkout, not in a release.
set -e
cd "$(dirname "$0")"
mkdir -p m4
exec autoreconf --install --warnings=all
