//! The services of this server, and how a request's marks lead to one of them.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Facts, Host, Hosted as Table, Ids, Job, LongJob, Rest};
use strongroom_cloudtrail::CloudTrail;
use strongroom_cloudwatch::Cloudwatch;
use strongroom_iam::Iam;
use strongroom_kms::Kms;
use strongroom_kms::jobs::{DeleteExpiredKeys, ExpireImportedMaterial, RotateDueKeys};
use strongroom_lambda::Lambda;
use strongroom_lambda::events::DeliverEvents;
use strongroom_logs::Logs;
use strongroom_organizations::Organizations;
use strongroom_secretsmanager::SecretsManager;
use strongroom_sns::Sns;
use strongroom_sns::ports::Ports as SnsPorts;
use strongroom_ssm::Ssm;
use strongroom_sts::Sts;

use crate::adapters::accounts::IamAccounts;
use crate::adapters::alarm_actions::AlarmActions;
use crate::adapters::call_metrics::CallMetrics;
use crate::adapters::digest_keys::DigestKeys;
use crate::adapters::directory::IamDirectory;
use crate::adapters::function_logs;
use crate::adapters::functions::Functions;
use crate::adapters::iam_identities::IamIdentities;
use crate::adapters::keys::KmsKeys;
use crate::adapters::log_metrics::FilterMetrics;
use crate::adapters::organizations::OrganizationControl;
use crate::adapters::principals::IamPrincipals;
use crate::adapters::provider_keys::{JwksFile, ProviderKeys, ProvidersOnline};
use crate::adapters::recorder::TrailRecorder;
use crate::adapters::rotation::LambdaFunctions as Rotators;
use crate::adapters::secret_metrics::MeasureSecrets;
use crate::adapters::secrets_seen::SecretsSeen;
use crate::adapters::sns::{Certificates, GivenUp, GuardedWeb, LambdaFunctions, Reachable};
use crate::adapters::ssm::{ParameterKeys, ReferencedSecrets};
use crate::adapters::trail_delivery::TrailDelivery;
use crate::adapters::trail_events::TrailEvents;
use crate::adapters::workers::BlockingWorkers;
use crate::deliveries::Deliveries;
use crate::feed::SeesSecrets;
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
    /// The same, where a piece may last minutes.
    pub long_jobs: Vec<Arc<dyn LongJob>>,
    /// Secrets, for orders of the operator, where there are any.
    pub secrets: Option<Arc<SecretsManager>>,
    /// Deliveries that were given up.
    pub failures: Arc<dyn Failures>,
    /// What is served to anybody by its path.
    pub pages: Vec<Arc<dyn Pages>>,
    /// What goes on beside requests on every node until the server stops.
    pub tasks: Vec<BoxFuture<'static, ()>>,
    /// What runs functions, to be told where this server is.
    pub functions: Option<Arc<Functions>>,
    /// Who may be told of changes of which secrets.
    pub audience: Arc<dyn SeesSecrets>,
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
        Arc::new(ProviderKeys {
            file: JwksFile(foundation.config.jwks_file.clone()),
            web: ProvidersOnline::new(Arc::clone(&foundation.exit), Arc::clone(&foundation.clock)),
        }),
    ));
    let cloudwatch = Arc::new(Cloudwatch::new(Arc::clone(records)));
    let filter_metrics = Arc::new(FilterMetrics(Arc::clone(&cloudwatch)));
    let logs = Arc::new(Logs::new(Arc::clone(records), filter_metrics));
    let (clock, ids) = (Arc::clone(&foundation.clock), Ids::new(&*foundation.entropy));
    let (output, output_writer) = function_logs::queue(Arc::clone(&logs), clock, ids);
    let functions = Functions::new(foundation, Arc::new(output));
    let ports = functions.ports(foundation, Arc::clone(&sts), Arc::clone(&iam));
    let lambda = Lambda::new(Arc::clone(records), ports);
    let workers = BlockingWorkers::new(std::thread::available_parallelism().map_or(1, usize::from));
    let kms = Arc::new(Kms::new(
        Arc::clone(records),
        Arc::new(workers),
        Arc::new(IamDirectory(Arc::clone(&iam))),
    ));
    let secretsmanager = Arc::new(SecretsManager::new(
        Arc::clone(records),
        Arc::new(KmsKeys(Arc::clone(&kms))),
        Arc::new(Rotators(Arc::clone(&lambda))),
        Arc::new(IamDirectory(Arc::clone(&iam))),
    ));
    let ssm = Arc::new(Ssm::new(
        Arc::clone(records),
        Arc::new(ParameterKeys(Arc::clone(&kms))),
        Arc::new(ReferencedSecrets(Arc::clone(&secretsmanager))),
    ));
    let delivery = TrailDelivery::new(foundation, Arc::clone(&logs));
    let events =
        TrailEvents::new(Arc::clone(&foundation.trail), Arc::clone(&foundation.trail_index));
    let cloudtrail = Arc::new(CloudTrail::new(
        Arc::clone(records),
        Arc::new(events),
        Arc::new(DigestKeys::new(Arc::clone(records))),
    ));
    let call_metrics = CallMetrics {
        tally: Arc::clone(&foundation.tally),
        cloudwatch: Arc::clone(&cloudwatch),
        clock: Arc::clone(&foundation.clock),
    };
    let mut jobs: Vec<Arc<dyn Job>> = vec![
        Arc::new(DeliverEvents(Arc::clone(&lambda))),
        Arc::new(DeleteExpiredKeys(Arc::clone(&kms))),
        Arc::new(ExpireImportedMaterial(Arc::clone(&kms))),
        Arc::new(RotateDueKeys(Arc::clone(&kms))),
    ];
    jobs.extend(strongroom_secretsmanager::jobs::all(Arc::clone(&secretsmanager)));
    jobs.extend(strongroom_logs::jobs::all(Arc::clone(&logs)));
    let long_jobs = strongroom_secretsmanager::jobs::long(Arc::clone(&secretsmanager));
    let secrets = Some(Arc::clone(&secretsmanager));
    let sns = Arc::new(Sns::new(Arc::clone(records), sns_ports(foundation, Arc::clone(&lambda))));
    let actions = AlarmActions { sns: Arc::clone(&sns), lambda: Arc::clone(&lambda) };
    jobs.extend(strongroom_cloudwatch::jobs::all(&cloudwatch, Arc::new(actions)));
    let identities: Arc<dyn Identities> =
        Arc::new(IamIdentities::new(Arc::clone(&iam), Arc::clone(&sts)));
    jobs.push(Arc::new(MeasureSecrets {
        identities: Arc::clone(&identities),
        secretsmanager: Arc::clone(&secretsmanager),
        cloudwatch: Arc::clone(&cloudwatch),
    }));
    jobs.extend(strongroom_sns::jobs::all(Arc::clone(&sns)));
    let deliveries = deliveries(foundation, Arc::clone(&sns));
    Parts {
        identities,
        audience: Arc::new(SecretsSeen(Arc::clone(&secretsmanager))),
        hosts: vec![
            Arc::new(Table::new(cloudtrail, strongroom_cloudtrail::OPERATIONS)),
            Arc::new(Table::new(iam, strongroom_iam::OPERATIONS)),
            Arc::new(Table::new(lambda, strongroom_lambda::OPERATIONS)),
            Arc::new(Table::new(organizations, strongroom_organizations::OPERATIONS)),
            Arc::new(Table::new(sts, strongroom_sts::OPERATIONS)),
            Arc::new(Table::new(kms, strongroom_kms::OPERATIONS)),
            Arc::new(Table::new(logs, strongroom_logs::OPERATIONS)),
            Arc::new(Table::new(secretsmanager, strongroom_secretsmanager::OPERATIONS)),
            Arc::new(Table::new(cloudwatch, strongroom_cloudwatch::OPERATIONS)),
            Arc::new(Table::new(Arc::clone(&sns), strongroom_sns::OPERATIONS)),
            Arc::new(Table::new(ssm, strongroom_ssm::OPERATIONS)),
        ],
        jobs,
        tasks: vec![
            Box::pin(delivery.run()),
            Box::pin(output_writer.run()),
            Box::pin(async move { call_metrics.keep().await }),
            Box::pin(async move { deliveries.run().await }),
        ],
        long_jobs,
        secrets,
        functions: Some(functions),
        failures: Arc::new(GivenUp(Arc::clone(&sns))),
        pages: vec![Arc::new(Certificates(sns))],
    }
}

fn sns_ports(foundation: &Foundation, lambda: Arc<Lambda>) -> SnsPorts {
    SnsPorts {
        address: Arc::new(Reachable {
            public_url: foundation.config.outward.public_url.clone(),
            endpoint: Arc::clone(&foundation.exit.endpoint),
        }),
        web: Arc::new(GuardedWeb(Arc::clone(&foundation.exit))),
        mail: Arc::clone(&foundation.mail) as _,
        functions: Arc::new(LambdaFunctions(lambda)),
    }
}

fn deliveries(foundation: &Foundation, sns: Arc<Sns>) -> Deliveries {
    Deliveries {
        sns,
        store: Arc::clone(&foundation.store),
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
    /// The names of its operations, by their place in the table.
    pub operations: Vec<&'static str>,
    /// Its place in [`Services`], by which it is counted.
    pub place: usize,
}

/// An operation that a request's method and path lead to.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The place of the service in [`Services`].
    pub service: usize,
    /// The place of the operation in the service's table.
    pub position: usize,
    /// Its name.
    pub name: &'static str,
    /// How it appears in HTTP.
    pub rest: &'static Rest,
}

/// All services that are served, and the routes of those that speak a REST protocol.
pub struct Services(Vec<Hosted>, Vec<Route>);

impl Services {
    /// The table of `hosts`.
    #[must_use]
    pub fn new(hosts: Vec<Arc<dyn Host>>) -> Self {
        let place = |(place, host): (usize, Arc<dyn Host>)| Hosted {
            facts: host.facts(),
            operations: host.operations().iter().map(|operation| operation.name).collect(),
            host,
            place,
        };
        let hosted: Vec<_> = hosts.into_iter().enumerate().map(place).collect();
        let routes = routes(&hosted);
        Self(hosted, routes)
    }

    /// The operation that method, path and query string lead to.
    #[must_use]
    pub fn route(&self, method: &str, path: &str, query: &str) -> Option<Route> {
        self.1.iter().find(|route| route.rest.matches(method, path, query)).copied()
    }

    /// The service at this place.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&Hosted> {
        self.0.get(place)
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

/// Every route; those that a parameter tells apart come first.
fn routes(hosted: &[Hosted]) -> Vec<Route> {
    let mut routes = Vec::new();
    for (service, hosted) in hosted.iter().enumerate() {
        for (position, operation) in hosted.host.operations().iter().enumerate() {
            if let Some(rest) = hosted.host.rest(position) {
                routes.push(Route { service, position, name: operation.name, rest });
            }
        }
    }
    routes.sort_by_key(|route| !route.rest.is_told_by_parameter());
    routes
}
