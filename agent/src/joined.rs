//! A host that has joined: its key and its enrolment, kept in a folder, and how it comes to them.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_client::{Client, Enrolment, Error, Fresh, HostKey, HostSessions, Provide as _};
use zeroize::Zeroizing;

use crate::disk::{create, of_file, replace};
use crate::failure::Failure;

/// How a host joins, or has joined.
pub struct Join {
    /// Where key and enrolment are kept.
    pub folder: PathBuf,
    /// The token to join with, if it has not joined yet.
    pub token: Option<Zeroizing<String>>,
}

/// A host that has joined.
pub struct Joined {
    /// What the server has told it.
    pub enrolment: Enrolment,
    /// Its sessions.
    pub credentials: Arc<Fresh>,
    /// The ARN of the role that they are of.
    pub role_arn: String,
}

/// No enrolment is longer.
const MOST_BYTES: u64 = 16 << 10;
const KEY: &str = "host.key";
const ENROLMENT: &str = "host.json";

impl Join {
    /// Whether this host has joined, or is to.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.token.is_some() || self.is_enrolled()
    }

    /// Whether this host has joined before.
    #[must_use]
    pub fn is_enrolled(&self) -> bool {
        self.folder.join(ENROLMENT).exists()
    }

    /// Joins, if that has not been done, and begins a session, so that what is wrong is known at the
    /// start. `None` if nobody wants the host to join.
    ///
    /// # Errors
    /// For files that cannot be used, and what the server refuses. That it is away is no error once the
    /// host has joined.
    pub async fn open(&self, client: &Client) -> Result<Option<Joined>, Failure> {
        let enrolment = self.enrolment()?;
        match (enrolment, &self.token) {
            (None, None) => Ok(None),
            (None, Some(token)) => {
                let (key, enrolment) = self.enrol(client, token, false).await?;
                Ok(Some(begin(client, key, enrolment).await?))
            }
            (Some(enrolment), token) => {
                let refused = match begin(client, self.key()?, enrolment).await {
                    Ok(joined) => return Ok(Some(joined)),
                    Err(refused) => refused,
                };
                let Some(token) = token.as_ref().filter(|_| refused.is_denied()) else {
                    return Err(refused.into());
                };
                // Whoever was taken out and got a new token joins anew, with a new key.
                let (key, enrolment) = self.enrol(client, token, true).await?;
                Ok(Some(begin(client, key, enrolment).await?))
            }
        }
    }

    async fn enrol(
        &self,
        client: &Client,
        token: &str,
        anew: bool,
    ) -> Result<(HostKey, Enrolment), Failure> {
        let folder = &self.folder;
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|cause| of_file("create", folder, &cause))?;
        let path = folder.join(KEY);
        // Kept before it is enrolled: when the answer is lost, the same key may ask again.
        if anew {
            replace(&path, &HostKey::generate()?.bytes()?)?;
        } else if !path.exists() {
            create(&path, &HostKey::generate()?.bytes()?)?;
        }
        let key = self.key()?;
        let joining = Enrolment::join(client, token.trim(), &key).await;
        let enrolment = joining.map_err(|error| match error.code() {
            "AccessDeniedException" => {
                Failure::from(error).hint("ask for another token: strongroom host token")
            }
            _ => Failure::from(error),
        })?;
        let text = serde_json::to_vec_pretty(&enrolment)
            .map_err(|cause| Failure::new(format!("the enrolment cannot be kept: {cause}")))?;
        replace(&folder.join(ENROLMENT), &text)?;
        tracing::info!(host = enrolment.host_id, role = enrolment.role_arn, "this host has joined");
        Ok((key, enrolment))
    }

    fn key(&self) -> Result<HostKey, Failure> {
        let path = self.folder.join(KEY);
        let bytes = Zeroizing::new(read(&path)?.unwrap_or_default());
        if fs::metadata(&path).is_ok_and(|file| file.mode() & 0o077 != 0) {
            tracing::warn!("others than this user can read {}: chmod 600", path.display());
        }
        HostKey::read(&bytes).ok_or_else(|| {
            Failure::new(format!("there is no key in {}", path.display())).hint(format!(
                "remove {} and join with a new token: strongroom host token",
                self.folder.display()
            ))
        })
    }

    fn enrolment(&self) -> Result<Option<Enrolment>, Failure> {
        let path = self.folder.join(ENROLMENT);
        let Some(text) = read(&path)? else { return Ok(None) };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|cause| Failure::new(format!("cannot read {}: {cause}", path.display())))
    }

    /// The Region that the host was told, if it has joined.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        self.enrolment().ok().flatten().map(|enrolment| enrolment.region)
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::metadata(path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Ok(file) if file.len() > MOST_BYTES => {
            return Err(Failure::new(format!("{} is too long", path.display())));
        }
        _ => {}
    }
    fs::read(path).map(Some).map_err(|cause| of_file("read", path, &cause))
}

/// Why a host gets no session.
struct Refused(Error, String);

impl Refused {
    fn is_denied(&self) -> bool {
        self.0.code() == "AccessDeniedException"
    }
}

impl From<Refused> for Failure {
    fn from(Refused(error, host): Refused) -> Self {
        let is_denied = error.code() == "AccessDeniedException";
        let failure = Self::from(error);
        match is_denied {
            true => failure.hint(format!(
                "if {host} was revoked, join with a new token: strongroom host token"
            )),
            false => failure,
        }
    }
}

async fn begin(client: &Client, key: HostKey, enrolment: Enrolment) -> Result<Joined, Refused> {
    let sessions = Arc::new(HostSessions::new(client, key, &enrolment));
    let machine = Arc::clone(client.machine());
    let credentials = Arc::new(Fresh::new(Box::new(Arc::clone(&sessions)), machine));
    match credentials.provide().await {
        Ok(_) => {}
        Err(error) if error.is_transient() => {
            tracing::warn!(%error, "the server is away: this host's session begins later");
        }
        Err(error) => return Err(Refused(error, enrolment.host_id)),
    }
    let role_arn = sessions.role_arn().unwrap_or_else(|| enrolment.role_arn.clone());
    Ok(Joined { enrolment, credentials, role_arn })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::os::unix::fs::PermissionsExt as _;

    use strongroom_client::{Credentials, Settings, Static, ThisMachine};

    use super::*;

    /// A client whose server is not there.
    fn client() -> Client {
        let mut settings = Settings::for_region("us-east-1").at("http://127.0.0.1:1");
        settings.max_attempts = 1;
        let nothing = Arc::new(Static(Credentials::new("", "", None)));
        Client::new(settings, nothing, ThisMachine::shared())
    }

    fn join(folder: &Path, token: Option<&str>) -> Join {
        let token = token.map(|token| Zeroizing::new(token.to_owned()));
        Join { folder: folder.to_owned(), token }
    }

    fn refusal(outcome: Result<Option<Joined>, Failure>) -> Failure {
        outcome.err().expect("a failure")
    }

    fn enrolment() -> Enrolment {
        Enrolment {
            host_id: "i-0123456789abcdef0".to_owned(),
            account: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
            role_arn: "arn:aws:iam::123456789012:role/web".to_owned(),
            instance_profile_arn: None,
            instance_profile_id: None,
        }
    }

    #[tokio::test]
    async fn the_key_is_kept_before_it_is_enrolled_and_not_made_twice() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let join = join(&state, Some("srj.x.jt-y.z"));
        assert!(join.is_wanted() && !join.is_enrolled());
        refusal(join.open(&client()).await);
        let kept = fs::read(state.join(KEY)).unwrap();
        assert!(HostKey::read(&kept).is_some());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&state), mode(&state.join(KEY))), (0o700, 0o600));
        refusal(join.open(&client()).await);
        assert_eq!(fs::read(state.join(KEY)).unwrap(), kept);
        assert!(!join.is_enrolled());
    }

    #[tokio::test]
    async fn who_has_joined_starts_while_the_server_is_away() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(ENROLMENT), serde_json::to_vec(&enrolment()).unwrap())
            .unwrap();
        let key = HostKey::generate().unwrap().bytes().unwrap();
        fs::write(folder.path().join(KEY), &key).unwrap();
        let join = join(folder.path(), None);
        assert_eq!(join.region().as_deref(), Some("eu-central-1"));
        let joined = join.open(&client()).await.unwrap().unwrap();
        assert_eq!(joined.role_arn, enrolment().role_arn);
    }

    #[tokio::test]
    async fn what_is_damaged_is_told_and_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        assert!(join(folder.path(), None).open(&client()).await.unwrap().is_none());
        fs::write(folder.path().join(ENROLMENT), serde_json::to_vec(&enrolment()).unwrap())
            .unwrap();
        fs::write(folder.path().join(KEY), [7; 97]).unwrap();
        let failure = refusal(join(folder.path(), None).open(&client()).await);
        assert!(failure.message.starts_with("there is no key in "), "{failure}");
        assert_eq!(fs::read(folder.path().join(KEY)).unwrap(), [7; 97]);
        fs::write(folder.path().join(ENROLMENT), "{").unwrap();
        let failure = refusal(join(folder.path(), None).open(&client()).await);
        assert!(failure.message.starts_with("cannot read "), "{failure}");
    }
}
