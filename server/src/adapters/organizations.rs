//! What stands above an account, from Organizations.

use std::sync::{Arc, OnceLock};

use strongroom_api::BoxFuture;
use strongroom_iam::service_control::{Control, ServiceControl};
use strongroom_organizations::Organizations;
use strongroom_records::RecordError;

/// The port `ServiceControl` of IAM over Organizations.
///
/// The two need each other: an organization makes accounts, and accounts obey their organization. So
/// this is made first and told of Organizations when that is there; until then nothing limits anybody,
/// and nobody is served.
#[derive(Default)]
pub struct OrganizationControl(OnceLock<Arc<Organizations>>);

impl OrganizationControl {
    /// Tells it of Organizations; only the first time counts.
    pub fn tell(&self, organizations: Arc<Organizations>) {
        let _told_before = self.0.set(organizations);
    }
}

impl ServiceControl for OrganizationControl {
    fn generation<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<u64, RecordError>> {
        Box::pin(async move {
            match self.0.get() {
                Some(organizations) => organizations.generation(account).await,
                None => Ok(0),
            }
        })
    }

    fn control<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Control, RecordError>> {
        Box::pin(async move {
            let Some(organizations) = self.0.get() else { return Ok(Control::default()) };
            let control = organizations.control(account).await?;
            Ok(Control { organization: control.organization, levels: control.levels })
        })
    }
}
