//! `strongroom host`: tokens for hosts that are to join, and the hosts that have.

use std::io::Write as _;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use strongroom_client::{Client, HOSTS, Response};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::workload::Role;

/// What a token is to be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The role that the host is to have, or the instance profile that it is in.
    pub role: Role,
    /// How long the token is good, in seconds.
    pub seconds: Option<u32>,
    /// What people call the host.
    pub label: Option<String>,
}

/// Makes a token, and prints it: alone on standard output, or with all about it as JSON.
///
/// # Errors
/// What the service refuses.
pub async fn token(client: &Client, invitation: &Invitation, json: bool) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Made {
        join_token: Zeroizing<String>,
        token_id: String,
        role_arn: String,
        expiration: f64,
    }
    let mut request = Map::new();
    let (member, role) = match &invitation.role {
        Role::InstanceProfile(name) => ("InstanceProfileName", name),
        Role::Arn(arn) => ("RoleArn", arn),
    };
    request.insert(member.to_owned(), json!(role));
    request.extend(invitation.seconds.map(|one| ("DurationSeconds".to_owned(), json!(one))));
    request.extend(invitation.label.as_ref().map(|one| ("Label".to_owned(), json!(one))));
    let reply = ask(client, "CreateJoinToken", &Value::Object(request)).await?;
    if json {
        return print(&reply.body);
    }
    let made: Made = reply.json()?;
    eprintln!(
        "{} is good once, until {}, for {}",
        made.token_id,
        moment(&json!(made.expiration)),
        made.role_arn
    );
    print(made.join_token.as_bytes())
}

/// Prints the hosts, and the tokens that hosts may still join with.
///
/// # Errors
/// What the service refuses.
pub async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let hosts = all(client, "ListHosts", "Hosts").await?;
    let tokens = all(client, "ListJoinTokens", "Tokens").await?;
    if json {
        return print(json!({ "Hosts": hosts, "Tokens": tokens }).to_string().as_bytes());
    }
    print!("{}", table(&hosts, &tokens, client.machine().now()));
    Ok(())
}

/// Takes away a host's enrolment, with its sessions, or a token's worth.
///
/// # Errors
/// What the service refuses.
pub async fn revoke(client: &Client, id: &str, json: bool) -> Result<(), Failure> {
    let (operation, member) = match id.starts_with("jt-") {
        true => ("DeleteJoinToken", "TokenId"),
        false => ("DeleteHost", "HostId"),
    };
    ask(client, operation, &json!({ member: id })).await?;
    if json {
        return print(json!({ member: id }).to_string().as_bytes());
    }
    println!("{id} is revoked");
    Ok(())
}

/// A time such as `90s`, `15m` or `24h`, in seconds.
#[must_use]
pub fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<u32>().ok().filter(|_| is_number)?.checked_mul(unit)
}

async fn ask(client: &Client, name: &str, request: &Value) -> Result<Response, Failure> {
    if client.settings().configured_endpoint(HOSTS).is_none() {
        return Err(Failure::new("hosts join Strongroom, not AWS").hint("set AWS_ENDPOINT_URL"));
    }
    let target = format!("StrongroomHosts.{name}");
    Ok(client.json(HOSTS, &target, request.to_string().as_bytes()).await?)
}

/// Every entry of a list, page by page.
async fn all(client: &Client, name: &str, member: &str) -> Result<Vec<Value>, Failure> {
    let (mut entries, mut request) = (Vec::new(), json!({}));
    loop {
        let mut page: Value = ask(client, name, &request).await?.json()?;
        if let Some(Value::Array(more)) = page.get_mut(member).map(Value::take) {
            entries.extend(more);
        }
        match page.get_mut("NextToken").map(Value::take) {
            Some(Value::String(next)) => request = json!({ "NextToken": next }),
            _ => return Ok(entries),
        }
    }
}

/// Hosts, and tokens that are still good, one line each.
fn table(hosts: &[Value], tokens: &[Value], now: Timestamp) -> String {
    let text = |entry: &Value, member: &str| entry[member].as_str().unwrap_or("-").to_owned();
    let role = |entry: &Value| match entry["InstanceProfileArn"].as_str() {
        Some(arn) => arn.to_owned(),
        None => text(entry, "RoleArn"),
    };
    let mut out = String::new();
    for host in hosts {
        let last = match host["LastSessionDate"].is_null() {
            true => "no session yet".to_owned(),
            false => format!(
                "last session {} to {}",
                moment(&host["LastSessionDate"]),
                text(host, "LastSessionAddress")
            ),
        };
        let (id, label, role) = (text(host, "HostId"), text(host, "Label"), role(host));
        out.push_str(&format!("{id}  {label}  {role}  {last}\n"));
    }
    let is_good = |token: &&Value| {
        let ends = token["Expiration"].as_f64().unwrap_or_default();
        token["HostId"].is_null() && ends > now.as_second() as f64
    };
    for token in tokens.iter().filter(is_good) {
        let (id, label, role) = (text(token, "TokenId"), text(token, "Label"), role(token));
        out.push_str(&format!("{id}  {label}  {role}  until {}\n", moment(&token["Expiration"])));
    }
    out
}

/// Epoch seconds as people read them.
fn moment(seconds: &Value) -> String {
    let second = seconds.as_f64().unwrap_or_default() as i64;
    Timestamp::from_second(second).unwrap_or_default().to_string()
}

fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|cause| Failure::new(format!("cannot write the answer: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_its_unit() {
        let read = ["90s", "15m", "24h", "0s"].map(seconds);
        assert_eq!(read, [Some(90), Some(900), Some(86_400), Some(0)]);
        for odd in ["", "m", "15", "1d", "-1m", "+1m", "1.5h", "4294967295h", "15 m", "1é"] {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_list_shows_hosts_and_the_tokens_that_are_good() {
        let hosts = [
            json!({"HostId": "i-1", "Label": "web-1", "RoleArn": "arn:r"}),
            json!({"HostId": "i-2", "InstanceProfileArn": "arn:p", "LastSessionDate": 60,
                "LastSessionAddress": "10.0.0.7"}),
        ];
        let tokens = [
            json!({"TokenId": "jt-1", "RoleArn": "arn:r", "Expiration": 100}),
            json!({"TokenId": "jt-2", "RoleArn": "arn:r", "Expiration": 50}),
            json!({"TokenId": "jt-3", "RoleArn": "arn:r", "Expiration": 100, "HostId": "i-1"}),
        ];
        let now = Timestamp::from_second(70).unwrap_or_default();
        assert_eq!(
            table(&hosts, &tokens, now),
            "i-1  web-1  arn:r  no session yet\n\
             i-2  -  arn:p  last session 1970-01-01T00:01:00Z to 10.0.0.7\n\
             jt-1  -  arn:r  until 1970-01-01T00:01:40Z\n"
        );
    }
}
