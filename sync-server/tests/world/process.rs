//! The program as a process of its own, to be killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use lastmile_server::keys::Passphrase;

use super::command::{passphrase_file, program};
use super::{MORNING_MS, World};

/// The service as a process of its own, on the data of a world that is stopped.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Process {
    pub fn start(world: &World, environment: &[(&str, &str)]) -> Self {
        Self::start_at(world, "127.0.0.1:0", &[], environment)
    }

    pub fn start_at(
        world: &World,
        address: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let clock = world.dir.path().join("clock");
        if !clock.exists() {
            std::fs::write(&clock, MORNING_MS.to_string()).unwrap();
        }
        let mut child = program(&["serve", "--listen", address, "--lang", "en"])
            .args(arguments)
            .env("LASTMILE_PASSPHRASE_FILE", passphrase_file("demo", Passphrase::DEMO))
            .env("RUST_LOG", "error")
            .envs(environment.iter().copied())
            .arg("--data")
            .arg(world.data())
            .arg("--clock-file")
            .arg(clock)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Process {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
