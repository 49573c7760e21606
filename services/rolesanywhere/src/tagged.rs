//! A resource of any kind, for what concerns its tags.

use std::borrow::Cow;

use strongroom_api::Target;
use strongroom_wire::Result;

use crate::crl::Crl;
use crate::find::{self, Found, Place};
use crate::profile::Profile;
use crate::resource::Resource;
use crate::subject::Subject;
use crate::tag::Tags;
use crate::trust_anchor::TrustAnchor;
use crate::{Call, error};

/// A resource that was found.
pub enum Tagged {
    /// A trust anchor.
    TrustAnchor(Found<TrustAnchor>),
    /// A profile.
    Profile(Found<Profile>),
    /// A revocation list.
    Crl(Found<Crl>),
    /// A subject.
    Subject(Found<Subject>),
}

impl Tagged {
    /// Finds what an ARN names.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find(call: &Call<'_>, arn: &str) -> Result<Self> {
        let is = |noun| Place::of_arn(arn, noun).is_some();
        Ok(match () {
            () if is(TrustAnchor::NOUN) => Self::TrustAnchor(find::find(call, arn).await?),
            () if is(Profile::NOUN) => Self::Profile(find::find(call, arn).await?),
            () if is(Crl::NOUN) => Self::Crl(find::find(call, arn).await?),
            () if is(Subject::NOUN) => Self::Subject(find::find(call, arn).await?),
            () => return Err(error::not_found("Resource", arn)),
        })
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> &Tags {
        match self {
            Self::TrustAnchor(found) => &found.read.facts().tags,
            Self::Profile(found) => &found.read.facts().tags,
            Self::Crl(found) => &found.read.facts().tags,
            Self::Subject(found) => &found.read.facts().tags,
        }
    }

    /// Changes its tags.
    ///
    /// # Errors
    /// What `edit` says; conflict when another writer was faster.
    pub async fn edit(
        &self,
        call: &Call<'_>,
        edit: impl FnOnce(&mut Tags) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::TrustAnchor(found) => change(call, found, edit).await,
            Self::Profile(found) => change(call, found, edit).await,
            Self::Crl(found) => change(call, found, edit).await,
            Self::Subject(found) => change(call, found, edit).await,
        }
    }

    fn target(&self) -> &dyn Target {
        match self {
            Self::TrustAnchor(found) => found,
            Self::Profile(found) => found,
            Self::Crl(found) => found,
            Self::Subject(found) => found,
        }
    }
}

async fn change<T: Resource>(
    call: &Call<'_>,
    found: &Found<T>,
    edit: impl FnOnce(&mut Tags) -> Result<()>,
) -> Result<()> {
    let edit = |one: &mut T| edit(&mut one.facts_mut().tags);
    call.service.change(call, &found.read, edit).await.map(drop)
}

impl Target for Tagged {
    fn arn(&self) -> Cow<'_, str> {
        self.target().arn()
    }

    fn account(&self) -> &str {
        self.target().account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.target().tag(key)
    }
}
