#!/bin/sh
# Builds and tests the Android library without the Android SDK: Maven, Java 17 and Maven Central. Where one
# of them is missing it says so in one line; in CI (CI=true) that is a failure, elsewhere the rest of `make
# test` goes on.
set -eu
cd "$(dirname "$0")/.."

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

# Names every test that this machine could not run, in the words of the test.
not_run() {
    cat android-shim/*/target/surefire-reports/TEST-*.xml 2>/dev/null |
        sed -n 's/.*<skipped message="\([^"]*\)".*/android-shim: \1/p' | sort -u >&2
}

# Leaves in `said` what Maven said.
run() { said=$(mvn -q -B -Dstyle.color=never -f "$POM" verify "$@" 2>&1); }

# Only Maven knows its way out (mirrors and proxies of its settings), and it goes there only for what is missing.
if run "$@"; then
    [ -z "$said" ] || printf '%s\n' "$said"
    not_run
    exit 0
fi
case $said in
*"Could not transfer artifact"* | *"failed to transfer"*)
    # What was downloaded once is enough; only a first run needs the network.
    if run -o "$@"; then
        not_run
        exit 0
    fi
    case $said in
    *"in offline mode"*) without "Maven reaches no repository and has no copy (mirror, proxy: ~/.m2/settings.xml)" ;;
    esac
    ;;
esac
printf '%s\n' "$said" >&2
exit 1
