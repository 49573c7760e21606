//! DeleteImportedKeyMaterial: destroys imported material. Importing the same again brings it back.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use super::get_parameters_for_import::check_origin;
use super::import_key_material::BackingKeyId;
use crate::material::Role;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find, paths};

/// DeleteImportedKeyMaterial.
pub struct DeleteImportedKeyMaterial;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// Which material; the one that encrypts if absent.
    pub key_material_id: Option<BackingKeyId>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// The material's id; empty if there was none.
    pub key_material_id: String,
}

impl Operation for DeleteImportedKeyMaterial {
    const NAME: &'static str = "DeleteImportedKeyMaterial";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        check_origin(&subject)?;
        subject.check_state(Act::Look, call.now)?;
        let mut changed = Key::clone(&subject);
        let at = match &input.key_material_id {
            Some(BackingKeyId(id)) => {
                let at = changed.materials.iter().position(|material| material.id == *id);
                Some(at.ok_or_else(|| error::no_such_material(id))?)
            }
            None => changed.materials.iter().position(|material| material.role == Role::Current),
        };
        let key_id = subject.arn().to_owned();
        let Some(at) = at else {
            // Nothing was ever imported; AWS changes nothing and says so.
            return Ok(Output { key_id, key_material_id: String::new() });
        };
        let material = &mut changed.materials[at];
        let (key_material_id, end) = (material.id.clone(), material.valid_to.take());
        material.secret = None;
        if material.role == Role::Pending {
            // It never was the key's.
            changed.materials.remove(at);
        }
        let mut changes = call.service.records.changes();
        if let Some(end) = end {
            changes.delete(&paths::expiry(end, &subject.path()));
        }
        find::put(&mut changes, &subject, &changed)?;
        call.service.commit(changes).await?;
        Ok(Output { key_id, key_material_id })
    }
}
