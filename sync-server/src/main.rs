//! The `lastmile-server` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    lastmile_server::cli::run()
}
