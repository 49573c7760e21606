//! The operations of STS.

strongroom_api::operations! { crate::Sts;
    get_access_key_info::GetAccessKeyInfo,
    get_caller_identity::GetCallerIdentity,
}
