//! `demo`: plays the day in Nanhai and leaves the server up.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, Language, fail};
use crate::demo::run::{DemoOptions, run as play};

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// 存放演示数据和报告的目录 / folder for the demonstration's stores and report.
    #[arg(long, default_value = "target/demo")]
    dir: PathBuf,
    /// 结束后退出,不保留服务 / stop at the end instead of leaving the server up.
    #[arg(long)]
    exit: bool,
    /// 求助前停下,等人在浏览器登录值班台 / wait before the call for help until somebody has signed in at the console.
    #[arg(long)]
    watch: bool,
    /// 把当日操作写入此目录后退出,供其他程序重演 / write the day into this folder, for another program to repeat, and
    /// stop.
    #[arg(long, hide = true)]
    script: Option<PathBuf>,
}

/// Runs it; an assertion that does not hold is a refusal.
pub fn run(args: &DemoArgs, language: Language, out: &mut dyn Write) -> Exit {
    let options = DemoOptions {
        dir: args.dir.clone(),
        exit: args.exit,
        watch: args.watch,
        script: args.script.clone(),
        language,
    };
    match play(&options, out) {
        Ok(true) => Exit::Done,
        Ok(false) => Exit::Refused,
        Err(error) => fail(language, "demo_failed", &error),
    }
}
