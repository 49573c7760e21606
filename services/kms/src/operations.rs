//! Every operation of KMS that is offered.

use crate::Kms;

strongroom_api::operations! { Kms;
    cancel_key_deletion::CancelKeyDeletion,
    create_alias::CreateAlias,
    create_key::CreateKey,
    decrypt::Decrypt,
    delete_alias::DeleteAlias,
    describe_key::DescribeKey,
    disable_key::DisableKey,
    enable_key::EnableKey,
    encrypt::Encrypt,
    generate_data_key::GenerateDataKey,
    generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext,
    generate_random::GenerateRandom,
    get_key_policy::GetKeyPolicy,
    list_aliases::ListAliases,
    list_key_policies::ListKeyPolicies,
    list_keys::ListKeys,
    list_resource_tags::ListResourceTags,
    put_key_policy::PutKeyPolicy,
    re_encrypt::ReEncrypt,
    schedule_key_deletion::ScheduleKeyDeletion,
    tag_resource::TagResource,
    untag_resource::UntagResource,
    update_alias::UpdateAlias,
    update_key_description::UpdateKeyDescription,
}
