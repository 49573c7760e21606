//! Members that many requests share, with the constraints of AWS's model.

use strongroom_wire::{Sensitive, Shape};

/// The name of a parameter, with what may stand behind it.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=2048)]
pub struct Name(pub String);

/// A value.
#[derive(Clone, Debug, Shape)]
pub struct ParameterValue(pub Sensitive<String>);

/// A KMS key.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=256, pattern = "^([a-zA-Z0-9:/_-]+)$")]
pub struct KeyId(pub String);

/// A label of a version.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=100)]
pub struct Label(pub String);

/// How many entries a page may have.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 1..=50)]
pub struct MaxResults(pub i32);

/// An enum of AWS's texts that is also stored as them.
macro_rules! texts {
    ($(#[$outer:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$outer])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq,
            ::strongroom_wire::Shape, ::serde::Deserialize
        )]
        pub enum $name {
            $(#[doc = $text] #[shape(name = $text)] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// AWS's text.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// All of AWS's texts.
            pub const TEXTS: &[&str] = &[$($text),*];
        }
    };
}

texts! {
    /// What a value is.
    ParameterType { String = "String", StringList = "StringList", SecureString = "SecureString" }
}

texts! {
    /// What a parameter may hold and how it is encrypted; `Intelligent-Tiering` is a wish only.
    Tier { Standard = "Standard", Advanced = "Advanced", Intelligent = "Intelligent-Tiering" }
}

texts! {
    /// What can have tags in SSM.
    ResourceType {
        Document = "Document",
        ManagedInstance = "ManagedInstance",
        MaintenanceWindow = "MaintenanceWindow",
        Parameter = "Parameter",
        PatchBaseline = "PatchBaseline",
        OpsItem = "OpsItem",
        OpsMetadata = "OpsMetadata",
        Automation = "Automation",
        Association = "Association",
        CloudConnector = "CloudConnector",
    }
}
