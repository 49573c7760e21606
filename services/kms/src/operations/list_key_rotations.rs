//! ListKeyRotations: lists the materials that a key has had.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::import::ExpirationModel;
use crate::material::{Material, Role, Source};
use crate::shapes::{Limit, Marker};
use crate::spec::{Origin, texts};
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, page, rotation};

/// ListKeyRotations.
pub struct ListKeyRotations;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// Whether to list the first material too, which no rotation brought.
    pub include_key_material: Option<IncludeKeyMaterial>,
    /// How many rotations a page may have; 100 if absent.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
}

texts! {
    /// What to list.
    IncludeKeyMaterial { AllKeyMaterial = "ALL_KEY_MATERIAL", RotationsOnly = "ROTATIONS_ONLY" }
}

texts! {
    /// What a material does.
    KeyMaterialState {
        NonCurrent = "NON_CURRENT",
        Current = "CURRENT",
        PendingRotation = "PENDING_ROTATION",
    }
}

texts! {
    /// How a rotation came.
    RotationType { Automatic = "AUTOMATIC", OnDemand = "ON_DEMAND" }
}

texts! {
    /// Whether imported material is there.
    ImportState { Imported = "IMPORTED", PendingImport = "PENDING_IMPORT" }
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The rotations.
    pub rotations: Vec<Entry>,
    /// Where to go on.
    pub next_marker: Option<String>,
    /// Whether there are more.
    pub truncated: bool,
}

/// A rotation of the list.
#[derive(Debug, Reply)]
pub struct Entry {
    /// The key's id.
    pub key_id: String,
    /// The material's id.
    pub key_material_id: String,
    /// What people say about imported material.
    pub key_material_description: Option<String>,
    /// Whether imported material is there.
    pub import_state: Option<ImportState>,
    /// What it does.
    pub key_material_state: KeyMaterialState,
    /// Whether imported material ends.
    pub expiration_model: Option<ExpirationModel>,
    /// When imported material ends.
    pub valid_to: Option<Timestamp>,
    /// When it took over.
    pub rotation_date: Option<Timestamp>,
    /// How that came.
    pub rotation_type: Option<RotationType>,
}

impl Operation for ListKeyRotations {
    const NAME: &'static str = "ListKeyRotations";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        rotation::check_symmetric(&subject)?;
        let behind = page::behind(input.marker.as_ref())?;
        let size = page::size(input.limit, 100, 1_000);
        let all = input.include_key_material == Some(IncludeKeyMaterial::AllKeyMaterial);
        let listed = subject.materials.iter().enumerate().filter(|(_, material)| {
            all || matches!(material.source, Source::Automatic | Source::OnDemand)
        });
        // Materials are numbered in the order of their coming; a page goes on behind a number.
        let (found, next_marker) =
            page::cut(listed, |(number, _)| format!("{number:08}"), behind.as_deref(), size);
        let rotations =
            found.into_iter().map(|(_, material)| entry(&subject, material, call.now)).collect();
        Ok(Output { rotations, truncated: next_marker.is_some(), next_marker })
    }
}

fn entry(key: &Key, material: &Material, now: Timestamp) -> Entry {
    let imported = (key.origin == Origin::External).then(|| material.is_at_hand(now));
    let rotation_type = match material.source {
        Source::Automatic => Some(RotationType::Automatic),
        Source::OnDemand => Some(RotationType::OnDemand),
        Source::Created | Source::Imported => None,
    };
    Entry {
        key_id: key.id.clone(),
        key_material_id: material.id.clone(),
        key_material_description: material.description.clone(),
        import_state: imported.map(|at_hand| match at_hand {
            true => ImportState::Imported,
            false => ImportState::PendingImport,
        }),
        expiration_model: imported.filter(|at_hand| *at_hand).map(|_| match material.valid_to {
            Some(_) => ExpirationModel::Expires,
            None => ExpirationModel::DoesNotExpire,
        }),
        valid_to: material.valid_to,
        key_material_state: match material.role {
            Role::Current => KeyMaterialState::Current,
            Role::Former => KeyMaterialState::NonCurrent,
            Role::Pending => KeyMaterialState::PendingRotation,
        },
        rotation_date: rotation_type.map(|_| material.since),
        rotation_type,
    }
}
