#!/bin/sh
# Builds and tests the Android library without the Android SDK: Maven, Java 17 and Maven Central. Where one
# of them is missing it says so in one line; in CI (CI=true) that is a failure, elsewhere the rest of `make
# test` goes on.
set -eu
cd "$(dirname "$0")/.."

CENTRAL=https://repo.maven.apache.org/maven2/
POM=android-shim/pom.xml

# without WHAT: the tests cannot run.
without() {
    echo "android-shim was NOT tested: $1" >&2
    [ "${CI:-}" = true ] && exit 1
    exit 0
}

command -v mvn >/dev/null 2>&1 || without "install Maven (Debian: apt-get install maven)"
java=$(mvn -v 2>/dev/null | sed -n 's/^Java version: \([0-9]*\).*/\1/p')
[ "${java:-0}" -ge 17 ] || without "Java 17 or later is needed, Maven found ${java:-none}"

if curl -fsS -o /dev/null -m 20 "$CENTRAL" 2>/dev/null; then
    exec mvn -q -B -Dstyle.color=never -f "$POM" verify "$@"
fi

# What was downloaded once is enough; only a first run needs the network.
said=$(mvn -q -B -o -Dstyle.color=never -f "$POM" verify "$@" 2>&1) && exit 0
case $said in
*"in offline mode"*) without "Maven Central cannot be reached and this machine has no copy: $CENTRAL" ;;
esac
printf '%s\n' "$said" >&2
exit 1
