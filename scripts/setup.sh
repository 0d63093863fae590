#!/bin/sh
# Installs what the build needs and is missing, where it may; else says in one line what to install. With
# `test`, also what the tests need: npm, for clients that are not ours, Chromium, for the console, and Maven with
# Java (17 or later), for Android's side.
set -eu

missing=""
command -v cargo >/dev/null 2>&1 || missing="$missing cargo"
command -v cc >/dev/null 2>&1 || missing="$missing gcc"
command -v make >/dev/null 2>&1 || missing="$missing make"
# OpenSSL under the phone's encrypted store is built from source; Debian's perl-base alone lacks modules for it.
perl -MFindBin -MIPC::Cmd -MFile::Compare -e 1 >/dev/null 2>&1 || missing="$missing perl"
if [ "${1:-}" = test ]; then
    command -v npm >/dev/null 2>&1 || missing="$missing npm"
    test -x "${CHROMIUM:-/usr/bin/chromium}" || missing="$missing chromium"
    command -v curl >/dev/null 2>&1 || missing="$missing curl"
    command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
    command -v mvn >/dev/null 2>&1 || missing="$missing maven"
fi
if [ -z "$missing" ]; then exit 0; fi

case "$missing" in
*cargo*) echo "Install Rust 1.92 or later first: https://rustup.rs (Debian's cargo may be too old)." >&2; exit 1 ;;
esac
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing:$missing" >&2
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of package names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
else
    echo "Install these packages and run again:$missing (Debian: apt-get install$missing)" >&2
    exit 1
fi
