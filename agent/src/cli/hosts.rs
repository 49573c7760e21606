//! Hosts on the command line: how the agent joins, and `host`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgMatches;
use strongroom_client::{ThisMachine, Variables, process_variables};
use zeroize::Zeroizing;

use super::{role, runtime, text};
use crate::exec;
use crate::failure::Failure;
use crate::gate::read_token;
use crate::host::{self, Invitation};
use crate::joined::Join;

/// How this host joins, or has joined. The token may be in a variable or a file, since arguments are shown to
/// everybody on the host; a file that is gone is nothing to a host that has joined.
pub(super) fn join(matches: &ArgMatches, variables: &Variables) -> Result<Join, Failure> {
    let folder =
        text(matches, "state-folder").map_or_else(|| state_folder(variables), PathBuf::from);
    let mut join = Join { folder, token: text(matches, "join").map(Zeroizing::new) };
    if join.token.is_none() {
        join.token = match text(matches, "join-file").map(PathBuf::from) {
            Some(path) if path.exists() || !join.is_enrolled() => Some(read_token(&path)?),
            Some(_) => None,
            None => variables("STRONGROOM_JOIN_TOKEN").map(Zeroizing::new),
        };
    }
    Ok(join)
}

/// Where a host's key is kept: a folder of this user that outlives a restart of the host.
fn state_folder(variables: &Variables) -> PathBuf {
    // A unit may have several.
    let of_unit = variables("STATE_DIRECTORY");
    let of_unit = of_unit.as_deref().and_then(|all| all.split(':').next()).map(PathBuf::from);
    let of_user = || variables("XDG_STATE_HOME").map(PathBuf::from);
    let home = || variables("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    of_unit.unwrap_or_else(|| {
        let state = of_user().or_else(home).unwrap_or_else(|| PathBuf::from("/var/lib"));
        state.join("strongroom-agent")
    })
}

/// Carries `token`, `list` or `revoke` out.
///
/// # Errors
/// For the person who typed it.
pub(super) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let Some((verb, matches)) = matches.subcommand() else { return Ok(ExitCode::FAILURE) };
    let json = matches.get_flag("json");
    let client = exec::client(process_variables(), ThisMachine::shared())?;
    runtime()?.block_on(async {
        match verb {
            "token" => {
                let role = role(matches).ok_or_else(|| Failure::new("no role is named"))?;
                let seconds = text(matches, "expires").map(|text| {
                    host::seconds(&text).ok_or_else(|| {
                        Failure::new(format!("{text} is not a time"))
                            .hint("write it as 90s, 15m or 24h")
                    })
                });
                let label = text(matches, "name");
                let invitation = Invitation { role, seconds: seconds.transpose()?, label };
                host::token(&client, &invitation, json).await
            }
            "list" => host::list(&client, json).await,
            _ => host::revoke(&client, &text(matches, "id").unwrap_or_default(), json).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(set: &[(&'static str, &'static str)]) -> String {
        let set = set.to_vec();
        let variables: Variables = std::sync::Arc::new(move |name| {
            set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        });
        state_folder(&variables).display().to_string()
    }

    #[test]
    fn a_host_s_key_is_kept_where_a_restart_finds_it() {
        assert_eq!(folder(&[]), "/var/lib/strongroom-agent");
        assert_eq!(folder(&[("HOME", "/home/a")]), "/home/a/.local/state/strongroom-agent");
        let state = ("XDG_STATE_HOME", "/home/a/state");
        assert_eq!(folder(&[("HOME", "/home/a"), state]), "/home/a/state/strongroom-agent");
        let unit = ("STATE_DIRECTORY", "/var/lib/agent:/var/lib/other");
        assert_eq!(folder(&[state, unit]), "/var/lib/agent");
    }
}
