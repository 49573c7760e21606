//! Holds what a restarted server shows against what it had acknowledged.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use strongroom_benches::Result;
use strongroom_crash::{CURRENT, Change, PREVIOUS, Secret, value};

use crate::Ledger;
use crate::client::Client;
use crate::traffic::Shared;

/// Checks every secret, every list, and the shared secret, which is then destroyed.
pub async fn everything(client: &mut Client, ledger: &mut Ledger) -> Result<()> {
    let mut shown = BTreeSet::new();
    let mut doomed = BTreeSet::new();
    for (name, expected) in &mut ledger.secrets {
        let found = observe(client, name).await?;
        let before = expected.acknowledged.take();
        let doubt = expected.in_doubt.take();
        let after = doubt.as_ref().map(|change| change.apply(before.as_ref()));
        if found != before && after.as_ref() != Some(&found) {
            return Err(format!(
                "{name} is\n  {found:?}\nacknowledged was\n  {before:?}\nin doubt was\n  {doubt:?}"
            )
            .into());
        }
        if let Some(secret) = &found {
            read_all(client, name, secret).await?;
            if secret.is_doomed { &mut doomed } else { &mut shown }.insert(name.clone());
        }
        expected.acknowledged = found;
    }
    if let Some(shared) = ledger.shared.take() {
        check_shared(client, &shared).await?;
        let (operation, input) = Change::Destroy.request(&shared.name);
        client.ask(operation, &input).await?.expect(operation)?;
    }
    check_lists(client, &shown, &doomed).await
}

async fn observe(client: &mut Client, name: &str) -> Result<Option<Secret>> {
    let answer = client.ask("DescribeSecret", &json!({"SecretId": name})).await?;
    if answer.is_no_such_secret() {
        // Nor may anything else of it be left.
        let value = client.ask("GetSecretValue", &json!({"SecretId": name})).await?;
        return match value.is_no_such_secret() {
            true => Ok(None),
            false => Err(format!("{name} is gone, yet its value is {value:?}").into()),
        };
    }
    Ok(Some(Secret::described(&answer.expect("DescribeSecret")?)))
}

/// Every labelled version is readable by its id, and the current one without.
async fn read_all(client: &mut Client, name: &str, secret: &Secret) -> Result<()> {
    if secret.is_doomed {
        let answer = client.ask("GetSecretValue", &json!({"SecretId": name})).await?;
        let refused = answer.is("InvalidRequestException");
        return if refused { Ok(()) } else { Err(format!("{name} is read: {answer:?}").into()) };
    }
    for (id, labels) in &secret.versions {
        let read = read(client, name, Some(id)).await?;
        let shown: BTreeSet<String> = strings(&read["VersionStages"]);
        if shown != *labels {
            return Err(format!("{name}: {id} has {labels:?} and is read with {shown:?}").into());
        }
    }
    let current = read(client, name, None).await?;
    if current["VersionId"].as_str() != secret.holder(CURRENT) {
        return Err(format!("{name}: {secret:?} is read as {current}").into());
    }
    Ok(())
}

async fn read(client: &mut Client, name: &str, id: Option<&str>) -> Result<Value> {
    let mut input = json!({"SecretId": name});
    if let Some(id) = id {
        input["VersionId"] = json!(id);
    }
    let answer = client.ask("GetSecretValue", &input).await?.expect(&input.to_string())?;
    let found = answer["VersionId"].as_str().unwrap_or_default();
    if answer["SecretString"].as_str() != Some(&value(found)) || id.is_some_and(|id| id != found) {
        return Err(format!("{input} is answered with {answer}").into());
    }
    Ok(answer)
}

/// All acknowledged versions are there, in whatever order they were made.
async fn check_shared(client: &mut Client, shared: &Shared) -> Result<()> {
    let name = &shared.name;
    let secret = observe(client, name).await?.ok_or_else(|| format!("{name} is lost"))?;
    read_all(client, name, &secret).await?;
    for id in &shared.versions {
        read(client, name, Some(id)).await.map_err(|failure| format!("{name}: {failure}"))?;
    }
    let (mut there, mut input) = (0, json!({"SecretId": name, "IncludeDeprecated": true}));
    loop {
        let page = client.ask("ListSecretVersionIds", &input).await?.expect("its versions")?;
        for version in page["Versions"].as_array().into_iter().flatten() {
            let id = version["VersionId"].as_str().unwrap_or_default();
            if !shared.versions.contains(id) && !shared.in_doubt.contains(id) {
                return Err(format!("{name} has a version that nobody made: {id}").into());
            }
            there += 1;
        }
        if page["NextToken"].is_null() {
            break;
        }
        input["NextToken"] = page["NextToken"].clone();
    }
    let labelled = |label| secret.versions.values().filter(|labels| labels.contains(label)).count();
    let previous = usize::from(there > 1);
    if (labelled(CURRENT), labelled(PREVIOUS)) != (1, previous) || there < shared.versions.len() {
        return Err(format!("{name} has {there} versions with labels {:?}", secret.versions).into());
    }
    Ok(())
}

/// How often a list is asked for until what was read before has its date, and how long apart.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Every list, in every order, shows every secret exactly once.
///
/// The dates of the last reads are entered a moment after these, and a secret that gets its date
/// between two pages stands on both; so the lists in that order are asked for until nothing moves.
async fn check_lists(
    client: &mut Client,
    shown: &BTreeSet<String>,
    doomed: &BTreeSet<String>,
) -> Result<()> {
    let all: BTreeSet<String> = shown.union(doomed).cloned().collect();
    for sort in ["created-date", "last-changed-date", "last-accessed-date", "name"] {
        for order in ["asc", "desc"] {
            let input = json!({
                "SortBy": sort, "SortOrder": order, "MaxResults": 17, "IncludePlannedDeletion": true,
            });
            let mut tries = if sort == "last-accessed-date" { TRIES } else { 1 };
            while let Err(failure) = expect_list(client, input.clone(), &all).await {
                tries -= 1;
                if tries == 0 {
                    return Err(failure);
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    expect_list(client, json!({"MaxResults": 100}), shown).await
}

async fn expect_list(
    client: &mut Client,
    mut input: Value,
    expected: &BTreeSet<String>,
) -> Result<()> {
    let mut listed = Vec::new();
    loop {
        let page = client.ask("ListSecrets", &input).await?.expect("ListSecrets")?;
        let secrets = page["SecretList"].as_array().into_iter().flatten();
        listed.extend(secrets.map(|secret| secret["Name"].as_str().unwrap_or_default().to_owned()));
        if page["NextToken"].is_null() {
            break;
        }
        input["NextToken"] = page["NextToken"].clone();
    }
    let distinct: BTreeSet<String> = listed.iter().cloned().collect();
    if distinct.len() != listed.len() || distinct != *expected {
        let missing: Vec<_> = expected.difference(&distinct).collect();
        let extra: Vec<_> = distinct.difference(expected).collect();
        return Err(format!(
            "a list ({input}) shows {} secrets, {} of them once, instead of {}; missing {missing:?}, \
             too many {extra:?}",
            listed.len(),
            distinct.len(),
            expected.len()
        )
        .into());
    }
    Ok(())
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
