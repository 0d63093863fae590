#!/bin/sh
# Builds the phone's native library for Android and puts it where Gradle and Maven take it into the AAR.
# Needs the Android NDK r28 or later (ANDROID_NDK_HOME), cargo-ndk 4 (cargo install cargo-ndk) and the three
# targets (rustup target add aarch64-linux-android armv7-linux-androideabi x86_64-linux-android). Not part
# of `make test`: machines without the NDK cannot run it, and it has not been run on one that has it.
set -eu
cd "$(dirname "$0")/.."

LIBRARIES=android-shim/shim-android/src/main/jniLibs

if [ -z "${ANDROID_NDK_HOME:-}" ] || [ ! -d "$ANDROID_NDK_HOME" ]; then
    echo "Set ANDROID_NDK_HOME to the Android NDK (r28 or later): https://developer.android.com/ndk" >&2
    exit 1
fi
command -v cargo-ndk >/dev/null 2>&1 || { echo "Install cargo-ndk: cargo install cargo-ndk" >&2; exit 1; }

# Older linkers align to 4 KiB; a phone with pages of 16 KiB would refuse the library.
export RUSTFLAGS="${RUSTFLAGS:-} -C link-arg=-Wl,-z,max-page-size=16384"
cargo ndk --target arm64-v8a --target armeabi-v7a --target x86_64 --platform 28 \
    --output-dir "$LIBRARIES" build --release -p lastmile-ffi

sh scripts/check-elf-alignment.sh "$LIBRARIES"/*/*.so
