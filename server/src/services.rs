//! The services of this server, and how a request's marks lead to one of them.

use std::sync::Arc;

use strongroom_api::{Facts, Host, Hosted as Table, Job};
use strongroom_cloudtrail::CloudTrail;
use strongroom_iam::Iam;
use strongroom_kms::Kms;
use strongroom_kms::jobs::{DeleteExpiredKeys, ExpireImportedMaterial, RotateDueKeys};
use strongroom_organizations::Organizations;
use strongroom_secretsmanager::SecretsManager;
use strongroom_sts::Sts;
use strongroom_sts::jwks::StaticJwks;

use crate::adapters::accounts::IamAccounts;
use crate::adapters::digest_keys::DigestKeys;
use crate::adapters::directory::IamDirectory;
use crate::adapters::iam_identities::IamIdentities;
use crate::adapters::keys::KmsKeys;
use crate::adapters::organizations::OrganizationControl;
use crate::adapters::principals::IamPrincipals;
use crate::adapters::secrets_seen::SecretsSeen;
use crate::adapters::trail_events::TrailEvents;
use crate::adapters::workers::BlockingWorkers;
use crate::feed::SeesSecrets;
use crate::foundation::Foundation;
use crate::ports::Identities;

/// What the services bring to the server.
pub struct Parts {
    /// Accounts and access keys.
    pub identities: Arc<dyn Identities>,
    /// The services, each with its dispatch table.
    pub hosts: Vec<Arc<dyn Host>>,
    /// Work that time starts.
    pub jobs: Vec<Arc<dyn Job>>,
    /// Who may be told of changes of which secrets.
    pub secrets: Arc<dyn SeesSecrets>,
}

/// Every service of the binary, one line each, in dependency order.
#[must_use]
pub fn build(foundation: &Foundation) -> Parts {
    let records = &foundation.records;
    let control = Arc::new(OrganizationControl::default());
    let iam = Arc::new(Iam::new(Arc::clone(records)).under(control.clone()));
    let accounts = Arc::new(IamAccounts::new(Arc::clone(&iam)));
    let organizations = Arc::new(Organizations::new(Arc::clone(records), accounts));
    control.tell(Arc::clone(&organizations));
    let sts = Arc::new(Sts::new(
        Arc::clone(records.keyring()),
        Arc::new(IamPrincipals(Arc::clone(&iam))),
        Arc::new(StaticJwks::default()),
    ));
    let workers = BlockingWorkers::new(std::thread::available_parallelism().map_or(1, usize::from));
    let kms = Arc::new(Kms::new(Arc::clone(records), Arc::new(workers)));
    let secretsmanager = Arc::new(SecretsManager::new(
        Arc::clone(records),
        Arc::new(KmsKeys(Arc::clone(&kms))),
        Arc::new(IamDirectory(Arc::clone(&iam))),
    ));
    let events =
        TrailEvents::new(Arc::clone(&foundation.trail), Arc::clone(&foundation.trail_index));
    let cloudtrail = Arc::new(CloudTrail::new(
        Arc::clone(records),
        Arc::new(events),
        Arc::new(DigestKeys::new(Arc::clone(records))),
    ));
    let mut jobs: Vec<Arc<dyn Job>> = vec![
        Arc::new(DeleteExpiredKeys(Arc::clone(&kms))),
        Arc::new(ExpireImportedMaterial(Arc::clone(&kms))),
        Arc::new(RotateDueKeys(Arc::clone(&kms))),
    ];
    jobs.extend(strongroom_secretsmanager::jobs::all(Arc::clone(&secretsmanager)));
    Parts {
        secrets: Arc::new(SecretsSeen(Arc::clone(&secretsmanager))),
        identities: Arc::new(IamIdentities::new(Arc::clone(&iam), Arc::clone(&sts))),
        hosts: vec![
            Arc::new(Table::new(cloudtrail, strongroom_cloudtrail::OPERATIONS)),
            Arc::new(Table::new(iam, strongroom_iam::OPERATIONS)),
            Arc::new(Table::new(organizations, strongroom_organizations::OPERATIONS)),
            Arc::new(Table::new(sts, strongroom_sts::OPERATIONS)),
            Arc::new(Table::new(kms, strongroom_kms::OPERATIONS)),
            Arc::new(Table::new(secretsmanager, strongroom_secretsmanager::OPERATIONS)),
        ],
        jobs,
    }
}

/// A service that is served.
pub struct Hosted {
    /// Its dispatch table.
    pub host: Arc<dyn Host>,
    /// Its names on the wire.
    pub facts: &'static Facts,
    /// Its place in [`Services`], by which it is counted.
    pub place: usize,
}

/// All services that are served.
pub struct Services(Vec<Hosted>);

impl Services {
    /// The table of `hosts`.
    #[must_use]
    pub fn new(hosts: Vec<Arc<dyn Host>>) -> Self {
        let place =
            |(place, host): (usize, Arc<dyn Host>)| Hosted { facts: host.facts(), host, place };
        Self(hosts.into_iter().enumerate().map(place).collect())
    }

    /// Every service.
    pub fn iter(&self) -> std::slice::Iter<'_, Hosted> {
        self.0.iter()
    }

    /// The service with this signing name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Hosted> {
        // A dozen short names: a walk is as fast as a table.
        self.0.iter().find(|hosted| hosted.facts.name == name)
    }

    /// The service whose `X-Amz-Target` begins with `prefix`.
    #[must_use]
    pub fn with_target(&self, prefix: &str) -> Option<&Hosted> {
        self.0.iter().find(|hosted| hosted.facts.target_prefix == Some(prefix))
    }

    /// The service whose query protocol has this `Version`. Every service has a version of its own.
    #[must_use]
    pub fn with_version(&self, version: &str) -> Option<&Hosted> {
        let speaks =
            |hosted: &&Hosted| hosted.facts.query.is_some_and(|query| query.version == version);
        self.0.iter().find(speaks)
    }
}
