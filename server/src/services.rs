//! The services of this server, and how a request's marks lead to one of them.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Facts, Host, Hosted as Table, Job};
use strongroom_iam::Iam;
use strongroom_kms::Kms;
use strongroom_kms::jobs::{DeleteExpiredKeys, ExpireImportedMaterial, RotateDueKeys};
use strongroom_organizations::Organizations;
use strongroom_secretsmanager::SecretsManager;
use strongroom_sns::Sns;
use strongroom_sns::ports::Ports as SnsPorts;
use strongroom_sts::Sts;

use crate::adapters::accounts::IamAccounts;
use crate::adapters::directory::IamDirectory;
use crate::adapters::iam_identities::IamIdentities;
use crate::adapters::keys::KmsKeys;
use crate::adapters::organizations::OrganizationControl;
use crate::adapters::principals::IamPrincipals;
use crate::adapters::provider_keys::JwksFile;
use crate::adapters::recorder::TrailRecorder;
use crate::adapters::sns::{Certificates, GivenUp, GuardedWeb, NoFunctions, Reachable};
use crate::adapters::workers::BlockingWorkers;
use crate::deliveries::Deliveries;
use crate::foundation::Foundation;
use crate::pages::Pages;
use crate::ports::{Failures, Identities};

/// What the services bring to the server.
pub struct Parts {
    /// Accounts and access keys.
    pub identities: Arc<dyn Identities>,
    /// The services, each with its dispatch table.
    pub hosts: Vec<Arc<dyn Host>>,
    /// Work that time starts.
    pub jobs: Vec<Arc<dyn Job>>,
    /// Deliveries that were given up.
    pub failures: Arc<dyn Failures>,
    /// What is served to anybody by its path.
    pub pages: Vec<Arc<dyn Pages>>,
    /// What goes on beside requests on every node until the server stops.
    pub tasks: Vec<BoxFuture<'static, ()>>,
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
        Arc::new(JwksFile(foundation.config.jwks_file.clone())),
    ));
    let workers = BlockingWorkers::new(std::thread::available_parallelism().map_or(1, usize::from));
    let kms = Arc::new(Kms::new(
        Arc::clone(records),
        Arc::new(workers),
        Arc::new(IamDirectory(Arc::clone(&iam))),
    ));
    let secretsmanager = Arc::new(SecretsManager::new(
        Arc::clone(records),
        Arc::new(KmsKeys(Arc::clone(&kms))),
        Arc::new(IamDirectory(Arc::clone(&iam))),
    ));
    let mut jobs: Vec<Arc<dyn Job>> = vec![
        Arc::new(DeleteExpiredKeys(Arc::clone(&kms))),
        Arc::new(ExpireImportedMaterial(Arc::clone(&kms))),
        Arc::new(RotateDueKeys(Arc::clone(&kms))),
    ];
    jobs.extend(strongroom_secretsmanager::jobs::all(Arc::clone(&secretsmanager)));
    let sns = Arc::new(Sns::new(Arc::clone(records), sns_ports(foundation)));
    jobs.extend(strongroom_sns::jobs::all(Arc::clone(&sns)));
    let deliveries = deliveries(foundation, Arc::clone(&sns));
    Parts {
        identities: Arc::new(IamIdentities::new(Arc::clone(&iam), Arc::clone(&sts))),
        hosts: vec![
            Arc::new(Table::new(iam, strongroom_iam::OPERATIONS)),
            Arc::new(Table::new(organizations, strongroom_organizations::OPERATIONS)),
            Arc::new(Table::new(sts, strongroom_sts::OPERATIONS)),
            Arc::new(Table::new(kms, strongroom_kms::OPERATIONS)),
            Arc::new(Table::new(secretsmanager, strongroom_secretsmanager::OPERATIONS)),
            Arc::new(Table::new(Arc::clone(&sns), strongroom_sns::OPERATIONS)),
        ],
        jobs,
        failures: Arc::new(GivenUp(Arc::clone(&sns))),
        pages: vec![Arc::new(Certificates(sns))],
        tasks: vec![Box::pin(async move { deliveries.run().await })],
    }
}

fn sns_ports(foundation: &Foundation) -> SnsPorts {
    SnsPorts {
        address: Arc::new(Reachable {
            public_url: foundation.config.outward.public_url.clone(),
            endpoint: Arc::clone(&foundation.exit.endpoint),
        }),
        web: Arc::new(GuardedWeb(Arc::clone(&foundation.exit))),
        mail: Arc::clone(&foundation.mail) as _,
        functions: Arc::new(NoFunctions),
    }
}

fn deliveries(foundation: &Foundation, sns: Arc<Sns>) -> Deliveries {
    Deliveries {
        sns,
        store: Arc::clone(&foundation.store),
        holder: foundation.holder(),
        clock: Arc::clone(&foundation.clock),
        entropy: Arc::clone(&foundation.entropy),
        recorder: Arc::new(TrailRecorder::new(Arc::clone(&foundation.trail))),
        account: foundation.config.account.clone(),
        region: foundation.config.region.clone(),
        figures: Arc::clone(&foundation.exit.deliveries),
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
