//! The credential report: a table of all users and what they sign in with.

use std::fmt::Write as _;

use strongroom_api::{Result, Timestamp};

use crate::Iam;
use crate::entity::{AccessKey, LastUse, User};
use crate::holder::Entity;
use crate::ledger::Ledger;
use crate::page::Wanted;

/// A report is given out for this long.
const FRESH_MILLIS: i64 = 4 * 3_600_000;

const HEAD: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// Whether a report that was asked for at `made` is still given out.
pub(crate) fn is_fresh(made: Timestamp, now: Timestamp) -> bool {
    now.millis() - made.millis() < FRESH_MILLIS
}

impl Iam {
    /// The report as comma-separated values.
    pub(crate) async fn report(&self, account: &str, ledger: &Ledger) -> Result<String> {
        let mut table = HEAD.to_owned();
        let root =
            format!("<root_account>,arn:aws:iam::{account}:root,{}", ledger.created.iso8601());
        let start =
            format!("{root},not_supported,no_information,not_supported,not_supported,false");
        self.push_row(&mut table, &start, &ledger.root_access_keys).await?;
        let mut wanted = Wanted::all();
        loop {
            let page = self.list::<User>(account, &wanted, |_| true).await?;
            for user in &page.items {
                let start = format!(
                    "{},{},{},false,N/A,N/A,N/A,false",
                    user.name,
                    user.arn(),
                    user.created.iso8601()
                );
                self.push_row(&mut table, &start, &user.access_keys).await?;
            }
            match page.marker {
                Some(marker) => wanted = Wanted::after(&marker)?,
                None => return Ok(table),
            }
        }
    }

    async fn push_row(&self, table: &mut String, start: &str, keys: &[String]) -> Result<()> {
        table.push('\n');
        table.push_str(start);
        for place in 0..2 {
            let key = match keys.get(place) {
                Some(id) => self.access_key(id).await?,
                None => None,
            };
            let used = match &key {
                Some(key) => self.last_use(&key.id).await?,
                None => None,
            };
            push_key(table, key.as_ref(), used.as_ref());
        }
        table.push_str(",false,N/A,false,N/A");
        Ok(())
    }
}

fn push_key(table: &mut String, key: Option<&AccessKey>, used: Option<&LastUse>) {
    let Some(key) = key else {
        table.push_str(",false,N/A,N/A,N/A,N/A");
        return;
    };
    let _ = write!(table, ",{},{}", key.active, key.created.iso8601());
    match used {
        Some(used) => {
            let _ = write!(table, ",{},{},{}", used.at.iso8601(), used.region, used.service);
        }
        None => table.push_str(",N/A,N/A,N/A"),
    }
}
