//! `strongroom serve`: runs the server until it is told to stop.

use std::io::Write as _;
use std::process::ExitCode;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::clock::Stopwatch;
use crate::compose::{self, Running};
use crate::config::Config;
use crate::failure::Failure;
use crate::{logging, services};

/// Runs the server; returns when it was told to stop and has finished.
///
/// # Errors
/// For the operator: why it cannot start, or what it could not write out.
pub fn run(config: &Config, started: Stopwatch) -> Result<ExitCode, Failure> {
    logging::start(config);
    harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::new(format!("cannot start: {cause}")))?;
    let stopped = runtime.block_on(serve(config, started));
    // What outlives the drain is cut off rather than waited for.
    runtime.shutdown_background();
    stopped
}

async fn serve(config: &Config, started: Stopwatch) -> Result<ExitCode, Failure> {
    let failed = |cause| Failure::new(format!("signals cannot be received: {cause}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    // Without a certificate there is nothing to read again, and the signal ends the process as ever.
    let hangup = config.certificate().map(|_| signal(SignalKind::hangup()));
    let hangup = hangup.transpose().map_err(failed)?;
    let running = compose::start(config, services::build).await?;
    announce(config, &running, &started);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = read_again(&running, hangup) => {}
    }
    tracing::info!("stopping: requests in progress are finished");
    tokio::select! {
        stopped = running.stop() => {
            let cut_off = stopped?;
            if cut_off > 0 {
                tracing::warn!(cut_off, "connections were cut off after waiting for them");
            }
            Ok(ExitCode::SUCCESS)
        }
        // Who asks twice does not want to wait.
        _ = terminate.recv() => Ok(ExitCode::from(143)),
        _ = interrupt.recv() => Ok(ExitCode::from(130)),
    }
}

/// Reads the certificate again whenever asked to. Never returns.
async fn read_again(running: &Running, hangup: Option<Signal>) {
    if let (Some(mut hangup), Some(certificate)) = (hangup, running.certificate()) {
        while hangup.recv().await.is_some() {
            certificate.read_again();
        }
    }
    std::future::pending().await
}

fn announce(config: &Config, running: &Running, started: &Stopwatch) {
    let mut text = format!(
        "strongroom is ready at {} (account {}, region {}) in {} ms\n",
        running.endpoint,
        config.account,
        config.region,
        started.elapsed().as_millis()
    );
    if config.dev {
        text.push_str(
            "in memory, access key `test`, secret `test`; run: eval \"$(strongroom env --dev)\"\n",
        );
    } else if running.is_first_start {
        text.push_str(&format!(
            "the root access key is in {}; run: eval \"$(strongroom env)\"\n",
            config.data.credentials().display()
        ));
    }
    let mut out = std::io::stdout().lock();
    // Whoever started the server need not listen.
    let _unheard = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn harden() {
    let hardening = strongroom_memory::harden_process();
    for (what, outcome) in [
        ("core dumps", hardening.core_dumps_off),
        ("other processes of this user", hardening.undumpable),
    ] {
        if let Err(cause) = outcome {
            tracing::warn!("keys cannot be kept from {what}: {cause}");
        }
    }
}
