//! Reads values: from the cache while they are fresh, from the service otherwise, once for all who ask.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use strongroom_client::{Machine, Moment};
use tokio::sync::OnceCell;

use crate::answer::Refusal;
use crate::cache::{Cache, Entry};
use crate::config::{Config, Form};
use crate::disk::Disk;
use crate::upstream::{Body, Shared};
use crate::value::{ParameterValue, SecretValue};
use crate::wanted::{Item, Question, Wanted};

/// While the service is away, an expired value serves this long before the service is asked again.
const BRIDGE_MILLIS: i64 = 5_000;
/// How long callers wait for a slow service when an expired value could serve.
const PATIENCE: Duration = Duration::from_secs(3);

type Outcome = Result<Arc<Entry>, Refusal>;

/// What had been heard of changes when something was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Epoch {
    invalidations: u64,
    doubts: u64,
}

/// Answers questions about values.
pub struct Reader {
    cache: Cache,
    flights: Mutex<HashMap<Wanted, Arc<OnceCell<Outcome>>>>,
    /// Counts what was invalidated, so that an answer on its way is not taken for what it was before.
    invalidations: AtomicU64,
    /// Counts doubts, so that an answer on its way is not taken for fresh.
    doubts: AtomicU64,
    upstream: Shared,
    machine: Arc<dyn Machine>,
    disk: Option<Disk>,
    ttl: Duration,
    parameter_ttl: Duration,
    max_stale: Duration,
    form: Form,
}

impl Reader {
    /// A reader that has read nothing yet.
    #[must_use]
    pub fn new(
        config: &Config,
        upstream: Shared,
        machine: Arc<dyn Machine>,
        disk: Option<Disk>,
    ) -> Self {
        Self {
            cache: Cache::new(config.cache_size, config.cache_bytes),
            flights: Mutex::default(),
            invalidations: AtomicU64::new(0),
            doubts: AtomicU64::new(0),
            upstream,
            machine,
            disk,
            ttl: config.ttl,
            parameter_ttl: config.parameter_ttl,
            max_stale: config.max_stale,
            form: config.form,
        }
    }

    /// The fresh value if it is remembered: the fast path.
    #[must_use]
    pub fn remembered(&self, question: &Question) -> Option<Arc<Entry>> {
        if question.refresh_now {
            return None;
        }
        self.cache.get(&question.wanted).filter(|entry| entry.is_fresh(self.now()))
    }

    /// The value asked for.
    ///
    /// # Errors
    /// What the service refused, or that it cannot be asked and nothing remembered may serve.
    pub async fn read(&self, question: &Question) -> Outcome {
        if let Some(entry) = self.remembered(question) {
            return Ok(entry);
        }
        let wanted = &question.wanted;
        if question.refresh_now {
            // An answer already on its way may be older than this question.
            return self.fetch(wanted, true).await;
        }
        let flight = self.flight(wanted);
        flight.cell.get_or_init(|| self.fetch(wanted, false)).await.clone()
    }

    /// Takes a value that was fetched in advance.
    pub fn put(&self, wanted: &Wanted, value: &SecretValue) {
        let entry = self.entry(value);
        self.remember(wanted, &entry, self.now(), self.epoch());
    }

    /// Forgets every value of these ARNs, and says what was asked for to get them.
    pub fn invalidate(&self, arns: &[String]) -> Vec<Wanted> {
        let gone = self.forget(|entry| arns.contains(&entry.arn));
        if let Some(disk) = &self.disk {
            // Also what is no longer, or not yet, in memory.
            arns.iter().for_each(|arn| disk.remove_all(arn));
        }
        gone
    }

    /// Doubts everything, and says what was asked for to get it. Nothing is known to have changed, so
    /// while the service is away the values serve as expired ones do.
    pub fn doubt_all(&self) -> Vec<Wanted> {
        self.doubts.fetch_add(1, Ordering::AcqRel);
        self.flights.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.cache.doubt_all()
    }

    /// How many values are remembered.
    #[must_use]
    pub fn remembered_count(&self) -> usize {
        self.cache.len()
    }

    fn forget(&self, is_gone: impl Fn(&Entry) -> bool) -> Vec<Wanted> {
        self.invalidations.fetch_add(1, Ordering::AcqRel);
        self.flights.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let gone = self.cache.remove_if(is_gone);
        if let Some(disk) = &self.disk {
            gone.iter().for_each(|wanted| disk.remove(wanted));
        }
        gone
    }

    fn flight<'a>(&'a self, wanted: &'a Wanted) -> Flight<'a> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(flights.entry(wanted.clone()).or_default());
        Flight { reader: self, wanted, cell }
    }

    async fn fetch(&self, wanted: &Wanted, is_forced: bool) -> Outcome {
        let known = self.cache.get(wanted);
        // Whoever waited for this flight may find that another has just landed.
        if let Some(entry) = known.as_ref().filter(|entry| !is_forced && entry.is_fresh(self.now()))
        {
            return Ok(Arc::clone(entry));
        }
        let (now, epoch) = (self.now(), self.epoch());
        let outcome = match known.as_ref().filter(|entry| !is_forced && self.may_bridge(entry)) {
            Some(entry) => {
                let renewal = tokio::time::timeout(PATIENCE, self.renewed(wanted, entry));
                renewal.await.unwrap_or_else(|_| Err(slow()))
            }
            None => self.ask(wanted).await,
        };
        match outcome {
            Ok(entry) => {
                self.remember(wanted, &entry, now, epoch);
                Ok(entry)
            }
            Err(refusal) if refusal.is_transient => self.bridged(wanted, known).ok_or(refusal),
            Err(refusal) => {
                self.let_go(wanted);
                Err(refusal)
            }
        }
    }

    fn let_go(&self, wanted: &Wanted) {
        self.cache.remove(wanted);
        if let Some(disk) = &self.disk {
            disk.remove(wanted);
        }
    }

    fn epoch(&self) -> Epoch {
        Epoch {
            invalidations: self.invalidations.load(Ordering::Acquire),
            doubts: self.doubts.load(Ordering::Acquire),
        }
    }

    /// Notes that the service gave or confirmed it when it was asked, at `now`.
    fn remember(&self, wanted: &Wanted, entry: &Arc<Entry>, now: Moment, epoch: Epoch) {
        let ttl = match &wanted.item {
            Item::Secret { .. } => self.ttl,
            Item::Parameter { .. } => self.parameter_ttl,
        };
        let since = self.epoch();
        entry.confirm(now, if since == epoch { millis(ttl) } else { 0 });
        if since.invalidations == epoch.invalidations {
            self.cache.put(wanted, entry);
            if let Some(disk) = &self.disk {
                disk.put(wanted, entry, now.epoch_millis());
            }
        }
        // What was told between the look and the entry has found nothing to forget.
        let since = self.epoch();
        if since.invalidations != epoch.invalidations {
            self.let_go(wanted);
        } else if since != epoch {
            entry.doubt();
        }
    }

    /// What may serve although the service cannot be asked.
    fn bridged(&self, wanted: &Wanted, known: Option<Arc<Entry>>) -> Option<Arc<Entry>> {
        let entry = known.or_else(|| self.disk.as_ref()?.get(wanted).map(Arc::new))?;
        if !self.may_bridge(&entry) {
            return None;
        }
        let age = entry.age(self.now())?;
        tracing::warn!(
            name = entry.name,
            age_seconds = age / 1_000,
            "the service is away: an old value serves"
        );
        entry.bridge(age.saturating_add(BRIDGE_MILLIS).min(millis(self.max_stale)));
        self.cache.put(wanted, &entry);
        Some(entry)
    }

    /// Whether the value is young enough to serve without being confirmed.
    fn may_bridge(&self, entry: &Entry) -> bool {
        entry.age(self.now()).is_some_and(|age| age < millis(self.max_stale))
    }

    /// The value confirmed, or the one that has taken its place.
    async fn renewed(&self, wanted: &Wanted, entry: &Arc<Entry>) -> Outcome {
        if self.is_current(wanted, entry).await {
            return Ok(Arc::clone(entry));
        }
        self.ask(wanted).await
    }

    /// Whether DescribeSecret says that the version still is the one asked for, as AWS's agent asks.
    ///
    /// Who may not ask that, or gets no answer, fetches the value instead.
    async fn is_current(&self, wanted: &Wanted, entry: &Entry) -> bool {
        let Item::Secret { id, version_id, version_stage } = &wanted.item else { return false };
        let body = json!({ "SecretId": id }).to_string().into_bytes();
        let asked =
            self.upstream.ask(wanted.role.as_deref(), "secretsmanager.DescribeSecret", body);
        let Ok(body) = asked.await else { return false };
        let Ok(described) = serde_json::from_slice::<Described>(&body) else { return false };
        let Some(stages) = described.version_ids_to_stages.get(&entry.version_id) else {
            return false;
        };
        match (version_stage, version_id) {
            (None, Some(_)) => true,
            (stage, _) => {
                let stage = stage.as_deref().unwrap_or("AWSCURRENT");
                stages.iter().any(|one| one == stage)
            }
        }
    }

    async fn ask(&self, wanted: &Wanted) -> Outcome {
        let role = wanted.role.as_deref();
        match &wanted.item {
            Item::Secret { id, version_id, version_stage } => {
                let mut body = json!({ "SecretId": id });
                if let Some(version_id) = version_id {
                    body["VersionId"] = version_id.as_str().into();
                }
                if let Some(stage) = version_stage {
                    body["VersionStage"] = stage.as_str().into();
                }
                let body = body.to_string().into_bytes();
                let reply = self.upstream.ask(role, "secretsmanager.GetSecretValue", body).await?;
                Ok(self.entry(&understood::<SecretValue>(&reply)?))
            }
            Item::Parameter { name, with_decryption } => {
                let body = json!({ "Name": name, "WithDecryption": with_decryption }).to_string();
                let body = body.into_bytes();
                let reply = self.upstream.ask(role, "AmazonSSM.GetParameter", body).await?;
                let value = understood::<ParameterValue>(&reply)?;
                let parameter = &value.parameter;
                let version = parameter.version.to_string();
                let entry = Entry::new(value.written(), &parameter.arn, &parameter.name, &version);
                Ok(Arc::new(entry))
            }
        }
    }

    fn entry(&self, value: &SecretValue) -> Arc<Entry> {
        let body = value.written(self.form);
        Arc::new(Entry::new(body, &value.arn, &value.name, &value.version_id))
    }

    fn now(&self) -> Moment {
        Moment::now(self.machine.as_ref())
    }
}

/// One question on its way to the service, for all who ask it.
struct Flight<'a> {
    reader: &'a Reader,
    wanted: &'a Wanted,
    cell: Arc<OnceCell<Outcome>>,
}

/// Also when the caller goes away: nothing is left of a question that nobody asks any more.
impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.reader.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ours = flights.get(self.wanted).is_some_and(|other| Arc::ptr_eq(other, &self.cell));
        // One is held here and one in the map.
        if is_ours && (self.cell.initialized() || Arc::strong_count(&self.cell) <= 2) {
            flights.remove(self.wanted);
        }
    }
}

fn slow() -> Refusal {
    let refusal =
        Refusal::coded(504, "TimeoutError", "Timeout occurred while retrieving the value");
    Refusal { is_transient: true, ..refusal }
}

/// DescribeSecret's answer, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(default)]
    version_ids_to_stages: HashMap<String, Vec<String>>,
}

fn understood<T: serde::de::DeserializeOwned>(body: &Body) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::coded(500, "InternalFailure", ""))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
