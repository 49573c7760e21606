//! What AWS's model has and we do not, with the reasons.

use strongroom_api::NotOffered;

const NO_SMS: &str = "no telephone network is connected, so there are no text messages";
const NO_PUSH: &str = "no push service of a telephone's maker is connected";
const NO_DATA_PROTECTION: &str = "messages are not searched for personal data";

pub const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "CheckIfPhoneNumberIsOptedOut", reason: NO_SMS },
    NotOffered { name: "CreatePlatformApplication", reason: NO_PUSH },
    NotOffered { name: "CreatePlatformEndpoint", reason: NO_PUSH },
    NotOffered { name: "CreateSMSSandboxPhoneNumber", reason: NO_SMS },
    NotOffered { name: "DeleteEndpoint", reason: NO_PUSH },
    NotOffered { name: "DeletePlatformApplication", reason: NO_PUSH },
    NotOffered { name: "DeleteSMSSandboxPhoneNumber", reason: NO_SMS },
    NotOffered { name: "GetDataProtectionPolicy", reason: NO_DATA_PROTECTION },
    NotOffered { name: "GetEndpointAttributes", reason: NO_PUSH },
    NotOffered { name: "GetPlatformApplicationAttributes", reason: NO_PUSH },
    NotOffered { name: "GetSMSAttributes", reason: NO_SMS },
    NotOffered { name: "GetSMSSandboxAccountStatus", reason: NO_SMS },
    NotOffered { name: "ListEndpointsByPlatformApplication", reason: NO_PUSH },
    NotOffered { name: "ListOriginationNumbers", reason: NO_SMS },
    NotOffered { name: "ListPhoneNumbersOptedOut", reason: NO_SMS },
    NotOffered { name: "ListPlatformApplications", reason: NO_PUSH },
    NotOffered { name: "ListSMSSandboxPhoneNumbers", reason: NO_SMS },
    NotOffered { name: "OptInPhoneNumber", reason: NO_SMS },
    NotOffered { name: "PutDataProtectionPolicy", reason: NO_DATA_PROTECTION },
    NotOffered { name: "SetEndpointAttributes", reason: NO_PUSH },
    NotOffered { name: "SetPlatformApplicationAttributes", reason: NO_PUSH },
    NotOffered { name: "SetSMSAttributes", reason: NO_SMS },
    NotOffered { name: "VerifySMSSandboxPhoneNumber", reason: NO_SMS },
];
