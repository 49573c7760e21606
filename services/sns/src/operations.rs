//! Every operation of SNS that is offered.

use crate::Sns;

strongroom_api::operations! { Sns;
    add_permission::AddPermission,
    confirm_subscription::ConfirmSubscription,
    create_topic::CreateTopic,
    delete_topic::DeleteTopic,
    get_subscription_attributes::GetSubscriptionAttributes,
    get_topic_attributes::GetTopicAttributes,
    list_subscriptions::ListSubscriptions,
    list_subscriptions_by_topic::ListSubscriptionsByTopic,
    list_tags_for_resource::ListTagsForResource,
    list_topics::ListTopics,
    publish::Publish,
    publish_batch::PublishBatch,
    remove_permission::RemovePermission,
    set_subscription_attributes::SetSubscriptionAttributes,
    set_topic_attributes::SetTopicAttributes,
    subscribe::Subscribe,
    tag_resource::TagResource,
    unsubscribe::Unsubscribe,
    untag_resource::UntagResource,
}
