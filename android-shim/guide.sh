#!/bin/sh
# Makes a source of the Kotlin blocks in docs/guides/android.md, so that the guide is compiled with the tests.
#
#   guide.sh <folder for the generated source>
#
# Lines that begin with `import` go to the top; everything else follows in the order of the page.
set -eu

out=$1
page=$(cd "$(dirname "$0")/.." && pwd)/docs/guides/android.md
mkdir -p "$out"
blocks() { awk '/^```kotlin$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page"; }
{
    echo "/* Made from docs/guides/android.md: change it there. */"
    echo "package cn.lastmile.guide"
    echo
    blocks | awk '/^import /' | sort -u
    echo
    blocks | awk '!/^import /'
} > "$out/Guide.kt.new"
if [ -f "$out/Guide.kt" ] && cmp -s "$out/Guide.kt" "$out/Guide.kt.new"; then
    rm "$out/Guide.kt.new"
else
    mv "$out/Guide.kt.new" "$out/Guide.kt"
fi
