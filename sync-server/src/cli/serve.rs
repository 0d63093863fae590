//! `serve`: runs the service until it is told to stop (SIGINT, SIGTERM).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Exit, Language, fail, secrets};
use crate::app;
use crate::demo::clock::FileClock;
use crate::http::Limits;
use crate::server::Options;
use crate::sms::folder::Folder;

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// 数据目录 / data directory.
    #[arg(long)]
    data: PathBuf,
    /// 监听地址,端口0表示任选空闲端口 / address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8460")]
    listen: String,
    /// 手机访问本服务的地址,写入控制台生成的登记码;默认为管理员浏览器所在地址 / where phones find the service, for
    /// invitations made at the console; by default where the administrator's browser is.
    #[arg(long)]
    public_url: Option<String>,
    /// 就绪后把地址写入此文件 / when ready, write the address into this file.
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// 每个证据原件至少隔这些天重新核对一次,0表示不核对 / read each file of evidence again after so many
    /// days at the latest; 0: never.
    #[arg(long, default_value_t = Limits::default().scrub_days)]
    scrub_days: u16,
    /// 短信网关目录:收到的短信读自in/,待发的写入out/ / folder of a gateway of text messages: those that came are
    /// read from in/, those to be sent written to out/.
    #[arg(long)]
    sms_dir: Option<PathBuf>,
    /// 演示用:服务器时间取自此文件(毫秒) / for demonstrations: the server's time is read from this file.
    #[arg(long, hide = true)]
    clock_file: Option<PathBuf>,
    /// 演示用:服务器时间取自文件时也逐级提醒 / for demonstrations: the ladder climbs under such a clock, too.
    #[arg(long, hide = true)]
    ladder: bool,
}

/// How often open requests for assistance are looked at.
const LADDER: Duration = Duration::from_secs(1);

/// Runs it.
pub fn run(args: &ServeArgs, language: Language, out: &mut dyn Write) -> Exit {
    log_as_json();
    let mut options = Options { public_url: args.public_url.clone(), ..Options::default() };
    if let Some(path) = &args.clock_file {
        options.clock = Arc::new(FileClock::new(path));
    }
    let server = match secrets::open(&args.data, options, language) {
        Ok(server) => Arc::new(server),
        Err(error) => return fail(language, error.code(), &error),
    };
    let done = tokio::runtime::Runtime::new().and_then(|runtime| {
        runtime.block_on(async {
            let listener = TcpListener::bind(&args.listen).await?;
            let address = listener.local_addr()?;
            let url = format!("http://{address}");
            if let Some(path) = &args.ready_file {
                announce(path, &url)?;
            }
            writeln!(
                out,
                "{} {url}",
                language.pick("同步服务已启动:", "The sync service is running at")
            )?;
            out.flush()?;
            tracing::info!(%address, "serving");
            let (stop, stopped) = watch::channel(false);
            tokio::spawn(async move {
                told_to_stop().await;
                // Nobody listens any more when the service has failed already.
                let _ = stop.send(true);
            });
            if let Some(dir) = &args.sms_dir {
                let folder = Folder::open(dir)?;
                tokio::spawn(folder.tend(Arc::clone(&server), stopped.clone()));
            }
            // Under a clock that is set by hand nobody can say how long a request has waited, but who sets it.
            let ladder = match (&args.clock_file, args.ladder) {
                (Some(_), false) => Duration::ZERO,
                _ => LADDER,
            };
            let limits = Limits { scrub_days: args.scrub_days, ladder, ..Limits::default() };
            app::serve(server, listener, limits, stopped).await
        })
    });
    match done {
        Ok(()) => {
            tracing::info!("stopped");
            Exit::Done
        }
        Err(error) => fail(language, "listen_failed", &error),
    }
}

/// Whoever waits for the file never reads half of it.
fn announce(path: &Path, url: &str) -> std::io::Result<()> {
    let half = path.with_extension("part");
    std::fs::write(&half, url)?;
    std::fs::rename(half, path)
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// JSON lines on the error stream; `RUST_LOG` chooses how much. Ids only, never names or content.
fn log_as_json() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A program that embeds this one may have its own.
    let _ = tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .try_init();
}
