//! Every operation on hosts and their tokens.

use crate::Hosts;

strongroom_api::operations! { Hosts;
    create_host_challenge::CreateHostChallenge,
    create_host_session::CreateHostSession,
    create_join_token::CreateJoinToken,
    delete_host::DeleteHost,
    delete_join_token::DeleteJoinToken,
    join_host::JoinHost,
    list_hosts::ListHosts,
    list_join_tokens::ListJoinTokens,
}
