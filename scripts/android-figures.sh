#!/bin/sh
# What calls from Kotlin cost, measured on a JVM with the library as tests build it (not optimised): one line for each
# figure, with its value, unit and number of calls.
set -eu
cd "$(dirname "$0")/.."
if ! command -v mvn >/dev/null 2>&1; then
    echo "calls from Kotlin were NOT measured: install Maven (Debian: apt-get install maven)" >&2
    [ "${CI:-}" = true ] && exit 1
    exit 0
fi
echo "Calls from Kotlin (debug library, JVM):"
exec mvn -q -B -Dstyle.color=never -f android-shim/pom.xml -pl shim-core test-compile exec:java@figures
