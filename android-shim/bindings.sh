#!/bin/sh
# Makes the Kotlin of the phone's core: finds or builds the library, and generates the bindings from it.
#
#   bindings.sh <folder for the generated sources>
#
# LASTMILE_FFI_SO names a library that is built already (a release, another target's folder); without it the
# one of this workspace is built, in the form that shares its parts with `cargo test --workspace`. The path
# of the library in use is left in <folder>/library.path. Generated code is not kept in git.
set -eu

out=$1
home=$(cd "$(dirname "$0")/.." && pwd)
debug=${CARGO_TARGET_DIR:-$home/target}/debug
cd "$home"

# Test targets are named so that features, and with them everything built, are those of the tests.
build() {
    cargo build --quiet --workspace --lib --bin lastmile-bindgen --bin lastmile-server \
        --test surface --test tidy
}

if [ -z "${LASTMILE_FFI_SO:-}" ]; then
    build
    library=$debug/liblastmile_ffi.so
else
    library=$(realpath "$LASTMILE_FFI_SO")
    [ -x "$debug/lastmile-bindgen" ] || build
fi

mkdir -p "$out"
# Nothing to do when the library is the one these sources were made from.
if [ -f "$out/library.path" ] && [ "$(cat "$out/library.path")" = "$library" ] \
    && [ "$out/library.path" -nt "$library" ]; then
    exit 0
fi
rm -f "$out/library.path"
"$debug/lastmile-bindgen" generate "$library" --language kotlin --out-dir "$out" --no-format
# Warnings of generated code are nobody's: the rest of the module is compiled with warnings refused.
sed -i 's/^@file:Suppress(.*/@file:Suppress("warnings")/' "$out/cn/lastmile/core/lastmile_ffi.kt"
printf '%s' "$library" > "$out/library.path"
