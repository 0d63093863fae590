#!/bin/sh
# Phones with pages of 16 KiB load a 64-bit library only if each of its segments is aligned to them. Says,
# for each file given, the smallest alignment of its loaded segments in bytes. Ends with 0 when all files
# fit, 1 when one does not, 2 when one is no ELF file for little-endian machines. 32-bit files always fit:
# no such phone runs them.
set -eu

PAGE=16384
LOAD=1

# number FILE OFFSET BYTES: an unsigned little-endian number; empty when the file ends before it.
number() {
    value=0
    scale=1
    count=0
    for byte in $(od -An -v -tu1 -j "$2" -N "$3" "$1"); do
        value=$((value + byte * scale))
        scale=$((scale * 256))
        count=$((count + 1))
    done
    [ "$count" = "$3" ] && echo "$value"
}

# smallest FILE: the smallest alignment of its loaded segments.
smallest() {
    at=$(number "$1" 32 8) && size=$(number "$1" 54 2) && left=$(number "$1" 56 2) || return 1
    least=""
    while [ "$left" -gt 0 ]; do
        kind=$(number "$1" "$at" 4) && align=$(number "$1" $((at + 48)) 8) || return 1
        if [ "$kind" = "$LOAD" ] && { [ -z "$least" ] || [ "$align" -lt "$least" ]; }; then
            least=$align
        fi
        at=$((at + size))
        left=$((left - 1))
    done
    [ -n "$least" ] && echo "$least"
}

if [ $# = 0 ]; then
    echo "usage: $0 FILE..." >&2
    exit 2
fi
end=0
for file in "$@"; do
    # Magic, class (1: 32 bits, 2: 64 bits), order of bytes (1: little-endian).
    case $(od -An -v -tx1 -N 6 "$file" 2>/dev/null | tr -d ' \n') in
    7f454c460101)
        echo "$file: 32 bits, fits"
        ;;
    7f454c460201)
        if ! least=$(smallest "$file"); then
            echo "$file: a damaged ELF file" >&2
            end=2
        elif [ "$least" -ge "$PAGE" ]; then
            echo "$file: $least, fits"
        else
            echo "$file: $least, needs $PAGE" >&2
            [ "$end" = 2 ] || end=1
        fi
        ;;
    *)
        echo "$file: no ELF file" >&2
        end=2
        ;;
    esac
done
exit "$end"
