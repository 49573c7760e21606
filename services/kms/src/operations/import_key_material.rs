//! ImportKeyMaterial: brings the material of a key from outside, for the first time, again, or as the
//! next to take over.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp, Values};

use super::get_parameters_for_import::check_origin;
use crate::import::{ExpirationModel, Ticket, check_fits};
use crate::key::DAY_MILLIS;
use crate::material::{Material, Role, Secret, Source, material_id};
use crate::shapes::Ciphertext;
use crate::spec::{KeySpec, texts};
use crate::state::Act;
use crate::subject::Subject;
use crate::workers::compute;
use crate::{Call, Key, KeyId, Kms, error, find, paths};

/// ImportKeyMaterial.
pub struct ImportKeyMaterial;

texts! {
    /// Whether the key has had the material before.
    ImportType { New = "NEW_KEY_MATERIAL", Existing = "EXISTING_KEY_MATERIAL" }
}

/// The id of a material.
#[derive(Clone, Debug, Shape)]
#[shape(length = 64..=64, pattern = "^[a-f0-9]+$")]
pub struct BackingKeyId(pub String);

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// What GetParametersForImport gave.
    pub import_token: Ciphertext,
    /// The material, wrapped with what GetParametersForImport gave.
    pub encrypted_key_material: Ciphertext,
    /// When the material ends.
    pub valid_to: Option<Timestamp>,
    /// Whether it ends; it does if absent.
    pub expiration_model: Option<ExpirationModel>,
    /// Whether the key has had it before; it has if absent, once it has had any.
    pub import_type: Option<ImportType>,
    /// What people say about it.
    #[shape(length = 0..=256, pattern = "^[a-zA-Z0-9:/_\\s.-]+$")]
    pub key_material_description: Option<String>,
    /// Which material it must be.
    pub key_material_id: Option<BackingKeyId>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// The material's id.
    pub key_material_id: String,
}

const MOST_DAYS: i64 = 365;

impl Operation for ImportKeyMaterial {
    const NAME: &'static str = "ImportKeyMaterial";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "ImportToken": "eA==", "EncryptedKeyMaterial": "eA==", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:expirationmodel" => Some(Values::one(model(input).text())),
            "kms:validto" => Some(Values::One(input.valid_to?.iso8601().into())),
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        check_origin(&subject)?;
        subject.check_state(Act::Edit, call.now)?;
        let valid_to = end(call, input)?;
        let secret = unwrap(call, input, &subject).await?;
        check_fits(&subject, &secret)?;
        let id = material_id(&subject.id, &secret);
        if input.key_material_id.as_ref().is_some_and(|wanted| wanted.0 != id) {
            return Err(error::incorrect_material());
        }
        let mut changed = Key::clone(&subject);
        let material = Material {
            valid_to,
            description: input.key_material_description.clone(),
            ..Material::new(&subject.id, secret, call.now, Source::Imported)
        };
        let mut changes = call.service.records.changes();
        if let Some(known) = changed.materials.iter().find(|known| known.id == id)
            && let Some(end) = known.valid_to
        {
            changes.delete(&paths::expiry(end, &subject.path()));
        }
        take_in(&mut changed, material, input.import_type)?;
        if let Some(end) = valid_to {
            changes.index(&paths::expiry(end, &subject.path()), "");
        }
        find::put(&mut changes, &subject, &changed)?;
        call.service.commit(changes).await?;
        Ok(Output { key_id: subject.arn().to_owned(), key_material_id: id })
    }
}

fn model(input: &Input) -> ExpirationModel {
    input.expiration_model.unwrap_or(ExpirationModel::Expires)
}

/// When the material ends, if it does.
fn end(call: &Call<'_>, input: &Input) -> Result<Option<Timestamp>> {
    let end = match (model(input), input.valid_to) {
        (ExpirationModel::DoesNotExpire, None) => return Ok(None),
        (ExpirationModel::DoesNotExpire, Some(_)) => {
            return Err(error::validation(
                "A validTo date must not be set if the ExpirationModel is \
                 KEY_MATERIAL_DOES_NOT_EXPIRE",
            ));
        }
        (ExpirationModel::Expires, end) => end.ok_or_else(error::no_valid_to)?,
    };
    if end <= call.now || end > call.now.plus_millis(MOST_DAYS * DAY_MILLIS) {
        return Err(error::validation(
            "The validTo date must be in the future and not more than 365 days away",
        ));
    }
    Ok(Some(end))
}

async fn unwrap(call: &Call<'_>, input: &Input, key: &Key) -> Result<Secret> {
    let path = paths::import_ticket(&key.account, &key.region, &key.id);
    let ticket = call.service.records.get::<Ticket>(&path).await.map_err(error::of_record)?;
    let ticket = ticket
        .filter(|ticket| verify_slices_are_equal(&ticket.token, input.import_token.bytes()).is_ok())
        .ok_or_else(error::invalid_import_token)?;
    if ticket.valid_to <= call.now {
        return Err(error::expired_import_token());
    }
    let wrapped = input.encrypted_key_material.bytes().to_vec();
    let unwrapped = compute(&*call.service.workers, move || ticket.unwrap(&wrapped)).await?;
    unwrapped.ok_or_else(error::invalid_ciphertext)
}

/// Gives `key` the material: one that it has had comes back, another one becomes the first, or waits
/// for RotateKeyOnDemand.
fn take_in(key: &mut Key, material: Material, import: Option<ImportType>) -> Result<()> {
    let default = if key.materials.is_empty() { ImportType::New } else { ImportType::Existing };
    let known = key.materials.iter().position(|known| known.id == material.id);
    match (import.unwrap_or(default), known) {
        (ImportType::Existing, Some(at)) => {
            let Material { since, source, role, .. } = key.materials[at];
            let description =
                material.description.clone().or_else(|| key.materials[at].description.clone());
            key.materials[at] = Material { since, source, role, description, ..material };
        }
        (ImportType::New, None) if key.materials.is_empty() => key.materials.push(material),
        // Only symmetric keys ever change their material.
        (ImportType::New, None) if key.spec == KeySpec::SymmetricDefault => {
            let pending = key.materials.iter().find(|known| known.role == Role::Pending);
            if let Some(pending) = pending {
                return Err(error::material_pending(&material.id, key.arn(), &pending.id));
            }
            key.materials.push(Material { role: Role::Pending, ..material });
        }
        _ => return Err(error::incorrect_material()),
    }
    Ok(())
}
