//! Data directories with so many secrets, loaded through the API.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;

use crate::client::Connection;
use crate::random::Random;
use crate::server::Server;
use crate::signer::Signer;
use crate::{Failure, Result};

/// Connections that load at once; so many share each sync of the disk.
const LOADERS: usize = 256;
/// Secrets loaded with one signer, well within the five minutes that its signatures are valid.
pub const BATCH: u64 = 20_000;

/// The folder under which data directories stand.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    /// Removes the folder in the end if it was made up.
    _temporary: Option<tempfile::TempDir>,
}

impl Shelf {
    /// A shelf in `folder`, whose data is kept for the next run; without one, in a temporary folder.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: Option<&Path>) -> Result<Self> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)?;
            return Ok(Self { folder: folder.to_owned(), _temporary: None });
        }
        // Beside this program, which is on a disk, while the usual place may be in memory.
        let this = std::env::current_exe()?;
        let temporary = tempfile::tempdir_in(this.parent().ok_or("a program without a folder")?)?;
        Ok(Self { folder: temporary.path().to_owned(), _temporary: Some(temporary) })
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The data directory with `count` secrets; loads it if it is not there.
    ///
    /// # Errors
    /// The server's.
    pub fn secrets(&self, binary: &Path, count: u64) -> Result<PathBuf> {
        let directory = self.folder.join(count.to_string());
        let marker = directory.with_extension("loaded");
        if marker.exists() {
            return Ok(directory);
        }
        // What an interrupted run has loaded is not loaded again: a repeated CreateSecret with the same
        // token changes nothing.
        let server = Server::start(binary, &directory)?;
        let (began, cpu) = (Instant::now(), server.cpu()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        for start in (0..count).step_by(BATCH as usize) {
            let signer = Arc::new(server.signer(&directory)?);
            let create = |signer: &Signer, number| {
                vec![signer.request("CreateSecret", &create_body(number, &mut Random::new(number)))]
            };
            runtime.block_on(load(&server, &signer, start..(start + BATCH).min(count), create))?;
        }
        let rate = count as f64 / began.elapsed().as_secs_f64();
        let cpu = (server.cpu()? - cpu).as_secs_f64() * 1e6 / count as f64;
        eprintln!("loaded {count} secrets: {rate:.0}/s, {cpu:.1} us of server CPU each");
        server.stop()?;
        std::fs::write(marker, "")?;
        Ok(directory)
    }
}

/// The name of the secret with this number; names do not come in the order of creation.
#[must_use]
pub fn name(number: u64) -> String {
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    format!("prod/team-{:02}/service-{scattered:06x}/database.{number}", scattered % 100)
}

/// A value as people store it.
#[must_use]
pub fn value(random: &mut Random) -> String {
    let password = random.token();
    format!(
        r#"{{\"engine\":\"postgres\",\"host\":\"db.internal\",\"port\":5432,\"username\":\"app\",\"password\":\"{password}\"}}"#
    )
}

/// The body of a GetSecretValue request.
#[must_use]
pub fn read_body(number: u64) -> String {
    format!(r#"{{"SecretId": "{}"}}"#, name(number))
}

/// The body of a PutSecretValue request.
#[must_use]
pub fn put_body(number: u64, random: &mut Random) -> String {
    let (token, value) = (random.token(), value(random));
    format!(
        r#"{{"SecretId": "{}", "ClientRequestToken": "{token}", "SecretString": "{value}"}}"#,
        name(number)
    )
}

fn create_body(number: u64, random: &mut Random) -> String {
    let (token, value) = (random.token(), value(random));
    format!(
        r#"{{"Name": "{}", "ClientRequestToken": "{token}", "SecretString": "{value}"}}"#,
        name(number)
    )
}

/// Sends what `requests` makes of each number, one after the other; many numbers at once.
///
/// # Errors
/// Any answer that is not 200, and the sockets'.
pub async fn load(
    server: &Server,
    signer: &Arc<Signer>,
    numbers: std::ops::Range<u64>,
    requests: impl Fn(&Signer, u64) -> Vec<Vec<u8>> + Copy + Send + 'static,
) -> Result<()> {
    let next = Arc::new(AtomicU64::new(numbers.start));
    let mut loaders = JoinSet::new();
    for _ in 0..LOADERS {
        let (signer, next, end) = (Arc::clone(signer), Arc::clone(&next), numbers.end);
        let mut connection = Connection::open(server.address).await?;
        loaders.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return Ok::<_, Failure>(());
                }
                for request in requests(&signer, number) {
                    let response = connection.call(&request).await?;
                    if response.status != 200 {
                        return Err(response.describe().into());
                    }
                }
            }
        });
    }
    while let Some(ended) = loaders.join_next().await {
        ended??;
    }
    Ok(())
}
