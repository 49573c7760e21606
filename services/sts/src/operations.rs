//! The operations of STS.

strongroom_api::operations! { crate::Sts;
    assume_role::AssumeRole,
    assume_role_with_web_identity::AssumeRoleWithWebIdentity,
    decode_authorization_message::DecodeAuthorizationMessage,
    get_access_key_info::GetAccessKeyInfo,
    get_caller_identity::GetCallerIdentity,
    get_federation_token::GetFederationToken,
    get_session_token::GetSessionToken,
}

pub use assume_role::Carried;
