//! ReEncrypt: opens a ciphertext and seals its content anew, under another key or for another context.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Blob, Demand, Demands, Operation, Reply, ResourceRule, Result, Shape,
    Target, Values,
};
use strongroom_policy::{Decision, Request};

use crate::ciphertext::Header;
use crate::conditions::truth;
use crate::data_key::stop_if_dry;
use crate::encryption::{self, Use};
use crate::shapes::{Ciphertext, DryRunModifier, GrantToken};
use crate::subject::Subject;
use crate::{
    Call, EncryptionAlgorithm, EncryptionContext, Key, KeyId, KeySpec, Kms, encryption_context,
    error,
};

/// ReEncrypt.
pub struct ReEncrypt;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The ciphertext.
    pub ciphertext_blob: Option<Ciphertext>,
    /// What it is about, exactly as when it was made.
    pub source_encryption_context: Option<EncryptionContext>,
    /// The key that it must have been made with, in any form.
    pub source_key_id: Option<KeyId>,
    /// The key to seal under, in any form.
    pub destination_key_id: KeyId,
    /// What the new ciphertext is about.
    pub destination_encryption_context: Option<EncryptionContext>,
    /// How it was encrypted.
    pub source_encryption_algorithm: Option<EncryptionAlgorithm>,
    /// How to encrypt.
    pub destination_encryption_algorithm: Option<EncryptionAlgorithm>,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
    /// What a dry run leaves out.
    pub dry_run_modifiers: Option<Vec<DryRunModifier>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The new ciphertext.
    pub ciphertext_blob: Blob,
    /// The ARN of the key that it was sealed with.
    pub source_key_id: String,
    /// The ARN of the key that it is sealed with now.
    pub key_id: String,
    /// How it was encrypted.
    pub source_encryption_algorithm: EncryptionAlgorithm,
    /// How it is encrypted now.
    pub destination_encryption_algorithm: EncryptionAlgorithm,
    /// The material that it was sealed with.
    pub source_key_material_id: Option<String>,
    /// The material that it is sealed with now.
    pub destination_key_material_id: Option<String>,
}

/// The two keys.
#[derive(Debug)]
pub struct Route {
    source: Side,
    destination: Side,
}

/// One of the keys, with what policies see of its half of the request.
#[derive(Debug)]
struct Side {
    subject: Subject,
    context: Option<EncryptionContext>,
    algorithm: EncryptionAlgorithm,
    same_key: bool,
}

impl Operation for ReEncrypt {
    const NAME: &'static str = "ReEncrypt";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"CiphertextBlob": "AQICAHg=", "SourceKeyId": "alias/old", "DestinationKeyId": "alias/new"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Route;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Route> {
        let source = match &input.source_key_id {
            Some(key_id) => call.service.find_key(call, key_id).await?,
            None => {
                let blob = blob(input)?;
                let header = Header::read(blob).ok_or_else(error::invalid_ciphertext)?;
                call.service.find_key_of(call, &header, "kms:ReEncryptFrom").await?
            }
        };
        let destination = call.service.find_key(call, &input.destination_key_id).await?;
        let same_key = Key::arn(&source) == Key::arn(&destination);
        let side = |subject, context: &Option<EncryptionContext>, algorithm: Option<_>| Side {
            subject,
            context: context.clone(),
            algorithm: algorithm.unwrap_or(EncryptionAlgorithm::SymmetricDefault),
            same_key,
        };
        Ok(Route {
            source: side(
                source,
                &input.source_encryption_context,
                input.source_encryption_algorithm,
            ),
            destination: side(
                destination,
                &input.destination_encryption_context,
                input.destination_encryption_algorithm,
            ),
        })
    }

    fn demands<'t>(_: &'t Input, route: &'t Route) -> Demands<'t> {
        Demands::from_iter([
            Demand::of("kms:ReEncryptFrom", &route.source),
            Demand::of("kms:ReEncryptTo", &route.destination),
        ])
    }

    async fn run(call: &Call<'_>, input: &Input, route: Authorized<Route>) -> Result<Output> {
        let Route { source, destination } = &*route;
        for side in [source, destination] {
            side.how().check(call, &side.subject)?;
        }
        let without_ciphertext = input.dry_run == Some(true)
            && input.dry_run_modifiers.as_ref().is_some_and(|modifiers| !modifiers.is_empty());
        if without_ciphertext {
            return Err(error::dry_run());
        }
        let opened = encryption::decrypt(call, &source.subject, source.how(), blob(input)?).await?;
        stop_if_dry(input.dry_run)?;
        let to = &destination.subject;
        let blob = encryption::encrypt(call, to, destination.how(), &opened.plaintext)?;
        call.service.keep(call, to).await?;
        let symmetric = to.spec == KeySpec::SymmetricDefault;
        let destination_material = to.usable_material()?.id.clone();
        for used in [&source.subject, to] {
            call.service.note_use(call, used, Self::NAME);
        }
        Ok(Output {
            ciphertext_blob: Blob(blob),
            source_key_id: Key::arn(&source.subject).to_owned(),
            key_id: Key::arn(to).to_owned(),
            source_encryption_algorithm: source.algorithm,
            destination_encryption_algorithm: destination.algorithm,
            source_key_material_id: opened.material_id,
            destination_key_material_id: symmetric.then_some(destination_material),
        })
    }
}

impl Side {
    fn how(&self) -> Use<'_> {
        let operation = ReEncrypt::NAME;
        Use { operation, algorithm: self.algorithm, context: self.context.as_ref() }
    }
}

fn blob(input: &Input) -> Result<&[u8]> {
    match &input.ciphertext_blob {
        Some(blob) => Ok(blob.bytes()),
        None => Err(error::no_ciphertext()),
    }
}

impl Target for Route {
    fn arn(&self) -> Cow<'_, str> {
        self.source.arn()
    }

    fn account(&self) -> &str {
        self.source.account()
    }

    fn resource_type(&self) -> Option<&'static str> {
        self.source.subject.resource_type()
    }

    fn other(&self) -> Option<&dyn Target> {
        let same = Key::arn(&self.source.subject) == Key::arn(&self.destination.subject);
        (!same).then_some(&self.destination)
    }
}

impl Target for Side {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.subject)
    }

    fn account(&self) -> &str {
        Target::account(&self.subject)
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.subject.tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.subject.rule()
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "kms:reencryptonsamekey" => truth(self.same_key),
            "kms:encryptionalgorithm" => Some(Values::one(self.algorithm.text())),
            _ => encryption_context::condition(self.context.as_ref(), key)
                .or_else(|| self.subject.condition(key)),
        }
    }

    fn denial(&self, request: &Request<'_>, decision: &Decision) -> Option<String> {
        self.subject.denial(request, decision)
    }
}
