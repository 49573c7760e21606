//! What AWS's model has and we do not.

use strongroom_api::NotOffered;

const NO_NOTICES: &str = "nobody is told that a certificate is about to expire";

/// Each with the reason.
pub const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "PutNotificationSettings", reason: NO_NOTICES },
    NotOffered { name: "ResetNotificationSettings", reason: NO_NOTICES },
];
