//! Every operation of Parameter Store that is offered.

use crate::Ssm;

strongroom_api::operations! { Ssm;
    add_tags_to_resource::AddTagsToResource,
    delete_parameter::DeleteParameter,
    delete_parameters::DeleteParameters,
    describe_parameters::DescribeParameters,
    get_parameter::GetParameter,
    get_parameter_history::GetParameterHistory,
    get_parameters::GetParameters,
    get_parameters_by_path::GetParametersByPath,
    label_parameter_version::LabelParameterVersion,
    list_tags_for_resource::ListTagsForResource,
    put_parameter::PutParameter,
    remove_tags_from_resource::RemoveTagsFromResource,
    unlabel_parameter_version::UnlabelParameterVersion,
}
