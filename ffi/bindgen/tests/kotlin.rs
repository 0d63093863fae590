//! The Kotlin comes out of the library with the names that apps use.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::process::Command;

/// The library beside this test, built with it.
fn library() -> PathBuf {
    // Linked, so that it is built.
    assert!(!lastmile_ffi::record_kinds().is_empty());
    let name =
        format!("{}lastmile_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    std::env::current_exe().unwrap().with_file_name(name)
}

#[test]
fn the_kotlin_has_the_surface_with_its_documentation() {
    let out = tempfile::TempDir::new().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_lastmile-bindgen"))
        .arg("generate")
        .arg(library())
        .args(["--language", "kotlin", "--no-format", "--out-dir"])
        .arg(out.path())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(done.success());
    let kotlin = std::fs::read_to_string(out.path().join("cn/lastmile/core/lastmile_ffi.kt"));
    let kotlin = kotlin.unwrap();
    let expected = [
        "package cn.lastmile.core",
        "open class Phone: Disposable, AutoCloseable, PhoneInterface",
        "sealed class LastmileException",
        "data class ShownRecord",
        "public interface Signer",
        "suspend fun `sync`(",
        "suspend fun `enrol`(",
        "Signs `message`, hashing it by SHA-256 on the way",
    ];
    for text in expected {
        assert!(kotlin.contains(text), "no `{text}`");
    }
    // Records do not change under whoever holds them, and nothing needs Google's repository.
    assert!(!kotlin.contains("var `record`") && !kotlin.contains("androidx."));
}
