//! The services of this server: what each is made of, and what they bring along.

mod table;

use std::sync::Arc;

use strongroom_api::{BoxFuture, Host, Hosted as Table, Ids, Job, LongJob};
use strongroom_cloudtrail::CloudTrail;
use strongroom_cloudwatch::Cloudwatch;
use strongroom_hosts::ports::Ports as HostPorts;
use strongroom_hosts::{Enrolled, Hosts};
use strongroom_iam::Iam;
use strongroom_kms::Kms;
use strongroom_kms::jobs::{DeleteExpiredKeys, ExpireImportedMaterial, RotateDueKeys};
use strongroom_lambda::Lambda;
use strongroom_lambda::drafts::DeleteDrafts;
use strongroom_lambda::events::DeliverEvents;
use strongroom_logs::Logs;
use strongroom_organizations::Organizations;
use strongroom_rolesanywhere::RolesAnywhere;
use strongroom_secretsmanager::SecretsManager;
use strongroom_sns::Sns;
use strongroom_sns::ports::Ports as SnsPorts;
use strongroom_ssm::Ssm;
use strongroom_sts::Sts;

use crate::adapters::accounts::IamAccounts;
use crate::adapters::alarm_actions::AlarmActions;
use crate::adapters::call_metrics::CallMetrics;
use crate::adapters::certificate_sessions::StsSessions;
use crate::adapters::denials::StsDenials;
use crate::adapters::digest_keys::DigestKeys;
use crate::adapters::directory::IamDirectory;
use crate::adapters::function_logs::{self, FunctionLogWriter};
use crate::adapters::functions::{FunctionCode, Functions, RoleDestinations, StsRoles};
use crate::adapters::hosts::{HostRoles, HostSessions};
use crate::adapters::iam_identities::IamIdentities;
use crate::adapters::key_uses::KeyUses;
use crate::adapters::keys::KmsKeys;
use crate::adapters::log_destinations::LogDestinations;
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
use crate::ports::{Denials, Failures, Identities};

pub use table::{Hosted, Route, Services};

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
    /// Explanations of denials.
    pub denials: Arc<dyn Denials>,
    /// Organizations of accounts, where there are any.
    pub organizations: Option<Arc<Organizations>>,
    /// What is served to anybody by its path.
    pub pages: Vec<Arc<dyn Pages>>,
    /// What goes on beside requests on every node until the server stops.
    pub tasks: Vec<BoxFuture<'static, ()>>,
    /// What runs functions, to be told where this server is.
    pub functions: Option<Arc<Functions>>,
    /// Who may be told of changes of which secrets.
    pub audience: Arc<dyn SeesSecrets>,
    /// Counts of calls, which are kept a little later; the last ones when the server stops.
    pub call_metrics: Option<Arc<CallMetrics>>,
}

/// The services, as they know each other.
struct All {
    iam: Arc<Iam>,
    organizations: Arc<Organizations>,
    sts: Arc<Sts>,
    cloudwatch: Arc<Cloudwatch>,
    logs: Arc<Logs>,
    lambda: Arc<Lambda>,
    kms: Arc<Kms>,
    secretsmanager: Arc<SecretsManager>,
    ssm: Arc<Ssm>,
    rolesanywhere: Arc<RolesAnywhere>,
    hosts: Arc<Hosts>,
    cloudtrail: Arc<CloudTrail>,
    sns: Arc<Sns>,
}

/// Everything that the binary serves.
#[must_use]
pub fn build(foundation: &Foundation) -> Parts {
    let (all, functions, output) = services(foundation);
    let identities: Arc<dyn Identities> =
        Arc::new(IamIdentities::new(Arc::clone(&all.iam), Arc::clone(&all.sts)));
    let call_metrics = Arc::new(CallMetrics {
        tally: Arc::clone(&foundation.tally),
        cloudwatch: Arc::clone(&all.cloudwatch),
        clock: Arc::clone(&foundation.clock),
        turn: tokio::sync::Mutex::default(),
    });
    Parts {
        hosts: hosts(&all),
        jobs: jobs(&all, &identities),
        long_jobs: strongroom_secretsmanager::jobs::long(Arc::clone(&all.secretsmanager)),
        tasks: tasks(foundation, &all, output, Arc::clone(&call_metrics)),
        call_metrics: Some(call_metrics),
        identities,
        audience: Arc::new(SecretsSeen(Arc::clone(&all.secretsmanager))),
        secrets: Some(all.secretsmanager),
        functions: Some(functions),
        denials: Arc::new(StsDenials(Arc::clone(&all.sts))),
        organizations: Some(all.organizations),
        failures: Arc::new(GivenUp(Arc::clone(&all.sns))),
        pages: vec![Arc::new(Certificates(all.sns)), Arc::new(FunctionCode(all.lambda))],
    }
}

/// Every service, in dependency order, with what runs functions and what writes their output.
fn services(foundation: &Foundation) -> (All, Arc<Functions>, FunctionLogWriter) {
    let records = &foundation.records;
    let control = Arc::new(OrganizationControl::default());
    let iam = Arc::new(Iam::new(Arc::clone(records)).under(control.clone()));
    let accounts = Arc::new(IamAccounts::new(Arc::clone(&iam)));
    let organizations = Arc::new(Organizations::new(Arc::clone(records), accounts));
    control.tell(Arc::clone(&organizations));
    let sts = Arc::new(Sts::new(
        Arc::clone(records.keyring()),
        Arc::new(IamPrincipals(Arc::clone(&iam), Enrolled::new(Arc::clone(records)))),
        Arc::new(ProviderKeys {
            file: JwksFile(foundation.config.jwks_file.clone()),
            web: ProvidersOnline::new(Arc::clone(&foundation.exit), Arc::clone(&foundation.clock)),
        }),
    ));
    let cloudwatch = Arc::new(Cloudwatch::new(Arc::clone(records)));
    let filter_metrics = Arc::new(FilterMetrics(Arc::clone(&cloudwatch)));
    let destinations = Arc::new(LogDestinations::default());
    let logs = Arc::new(Logs::new(Arc::clone(records), filter_metrics, destinations.clone()));
    let (clock, ids) = (Arc::clone(&foundation.clock), Ids::new(&*foundation.entropy));
    let (output, output_writer) = function_logs::queue(Arc::clone(&logs), clock, ids);
    let functions = Functions::new(foundation, Arc::new(output));
    let roles = Arc::new(StsRoles::new(foundation, Arc::clone(&sts), Arc::clone(&iam)));
    let told = Arc::new(RoleDestinations::new(Arc::clone(&roles)));
    let ports = functions.ports(roles, Arc::clone(&told));
    let lambda = Lambda::new(Arc::clone(records), ports);
    destinations.tell(&lambda);
    let directory = Arc::new(IamDirectory(Arc::clone(&iam)));
    let workers = BlockingWorkers::new(std::thread::available_parallelism().map_or(1, usize::from));
    let kms = Arc::new(Kms::new(Arc::clone(records), Arc::new(workers), directory.clone()));
    let secretsmanager = Arc::new(SecretsManager::new(
        Arc::clone(records),
        Arc::new(KmsKeys(Arc::clone(&kms))),
        Arc::new(Rotators(Arc::clone(&lambda))),
        directory,
    ));
    let ssm = Arc::new(Ssm::new(
        Arc::clone(records),
        Arc::new(ParameterKeys(Arc::clone(&kms))),
        Arc::new(ReferencedSecrets(Arc::clone(&secretsmanager))),
    ));
    let certified = Arc::new(StsSessions(Arc::clone(&sts)));
    let rolesanywhere = Arc::new(RolesAnywhere::new(Arc::clone(records), certified));
    let hosts = Arc::new(Hosts::new(
        Arc::clone(records),
        HostPorts {
            roles: Arc::new(HostRoles(Arc::clone(&iam))),
            sessions: Arc::new(HostSessions(Arc::clone(&sts))),
            names: Arc::clone(&foundation.names) as _,
        },
    ));
    let events =
        TrailEvents::new(Arc::clone(&foundation.trail), Arc::clone(&foundation.trail_index));
    let cloudtrail = Arc::new(CloudTrail::new(
        Arc::clone(records),
        Arc::new(events),
        Arc::new(DigestKeys::new(Arc::clone(records))),
    ));
    let sns = Arc::new(Sns::new(Arc::clone(records), sns_ports(foundation, Arc::clone(&lambda))));
    told.tell(&lambda, &sns);
    let all = All {
        iam,
        organizations,
        sts,
        cloudwatch,
        logs,
        lambda,
        kms,
        secretsmanager,
        ssm,
        rolesanywhere,
        hosts,
        cloudtrail,
        sns,
    };
    (all, functions, output_writer)
}

/// Each service with its table of operations.
fn hosts(all: &All) -> Vec<Arc<dyn Host>> {
    vec![
        Arc::new(Table::new(Arc::clone(&all.cloudtrail), strongroom_cloudtrail::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.iam), strongroom_iam::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.lambda), strongroom_lambda::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.rolesanywhere), strongroom_rolesanywhere::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.hosts), strongroom_hosts::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.organizations), strongroom_organizations::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.sts), strongroom_sts::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.kms), strongroom_kms::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.logs), strongroom_logs::OPERATIONS)),
        Arc::new(Table::new(
            Arc::clone(&all.secretsmanager),
            strongroom_secretsmanager::OPERATIONS,
        )),
        Arc::new(Table::new(Arc::clone(&all.cloudwatch), strongroom_cloudwatch::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.sns), strongroom_sns::OPERATIONS)),
        Arc::new(Table::new(Arc::clone(&all.ssm), strongroom_ssm::OPERATIONS)),
    ]
}

fn jobs(all: &All, identities: &Arc<dyn Identities>) -> Vec<Arc<dyn Job>> {
    let mut jobs: Vec<Arc<dyn Job>> = vec![
        Arc::new(DeliverEvents(Arc::clone(&all.lambda))),
        Arc::new(DeleteDrafts(Arc::clone(&all.lambda))),
        Arc::new(DeleteExpiredKeys(Arc::clone(&all.kms))),
        Arc::new(ExpireImportedMaterial(Arc::clone(&all.kms))),
        Arc::new(RotateDueKeys(Arc::clone(&all.kms))),
        Arc::new(MeasureSecrets {
            identities: Arc::clone(identities),
            secretsmanager: Arc::clone(&all.secretsmanager),
            cloudwatch: Arc::clone(&all.cloudwatch),
        }),
    ];
    jobs.extend(strongroom_secretsmanager::jobs::all(Arc::clone(&all.secretsmanager)));
    jobs.extend(strongroom_logs::jobs::all(Arc::clone(&all.logs)));
    let actions = AlarmActions { sns: Arc::clone(&all.sns), lambda: Arc::clone(&all.lambda) };
    jobs.extend(strongroom_cloudwatch::jobs::all(&all.cloudwatch, Arc::new(actions)));
    jobs.extend(strongroom_sns::jobs::all(Arc::clone(&all.sns)));
    jobs
}

fn tasks(
    foundation: &Foundation,
    all: &All,
    output: FunctionLogWriter,
    call_metrics: Arc<CallMetrics>,
) -> Vec<BoxFuture<'static, ()>> {
    let delivery = TrailDelivery::new(foundation, Arc::clone(&all.logs));
    let deliveries = deliveries(foundation, Arc::clone(&all.sns));
    let key_uses = KeyUses { kms: Arc::clone(&all.kms), clock: Arc::clone(&foundation.clock) };
    vec![
        Box::pin(delivery.run()),
        Box::pin(output.run()),
        Box::pin(call_metrics.keep()),
        Box::pin(async move { deliveries.run().await }),
        Box::pin(async move { key_uses.keep().await }),
    ]
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
