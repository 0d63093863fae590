//! Writes the Kotlin of `lastmile-ffi` from its built library:
//! `lastmile-bindgen generate target/debug/liblastmile_ffi.so --language kotlin --out-dir DIR --no-format`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
