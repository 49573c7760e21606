//! A built-in function at work: which rotator an event goes to.

use serde_json::Value;

use crate::builtin::{Builtin, EngineKind, Strategy};
use crate::engine::mongodb::MongoDb;
use crate::engine::mysql::{MariaDb, MySql};
use crate::engine::postgresql::PostgreSql;
use crate::engine::redis::Redis;
use crate::engine::{Clones, Engine, Facts};
use crate::error::Error;
use crate::handler::{Event, handle};
use crate::https::{HOSTS, WebService};
use crate::password::PasswordRules;
use crate::rotator::Rotator;
use crate::secrets::Secrets;
use crate::strategy::alternating_users::AlternatingUsers;
use crate::strategy::password_only::PasswordOnly;
use crate::strategy::single_user::SingleUser;
use crate::trust::Trust;

/// What new passwords avoid where no database says otherwise, as in AWS's template.
const EXCLUDED: &str = "/@\"'\\";
/// How long they are then.
const LENGTH: u32 = 32;

/// A built-in function with what its environment says.
pub struct Function<S, V> {
    builtin: &'static Builtin,
    secrets: S,
    variable: V,
    trust: Trust,
}

impl<S: Secrets, V: Fn(&str) -> Option<String>> Function<S, V> {
    /// The function `builtin`; `variable` looks its environment up.
    pub fn new(builtin: &'static Builtin, secrets: S, variable: V) -> Self {
        let trust = Trust::find(&variable);
        Self { builtin, secrets, variable, trust }
    }

    /// Answers one invocation.
    ///
    /// # Errors
    /// In AWS's words.
    pub async fn invoke(&self, payload: &[u8]) -> Result<Value, Error> {
        let event = Event::read(payload)?;
        let trust = self.trust.clone();
        match self.builtin.engine {
            EngineKind::PostgreSql => self.with_either(PostgreSql { trust }, event).await,
            EngineKind::MySql => self.with_either(MySql { trust }, event).await,
            EngineKind::MariaDb => self.with_either(MariaDb { trust }, event).await,
            EngineKind::MongoDb => self.with_either(MongoDb { trust }, event).await,
            EngineKind::Redis => {
                self.handle(&SingleUser(Redis { trust }), Some(&Redis::FACTS), event).await
            }
            EngineKind::Https => {
                let hosts = (self.variable)(HOSTS).filter(|hosts| !hosts.is_empty());
                self.handle(&WebService { trust, hosts }, None, event).await
            }
            EngineKind::None => self.handle(&PasswordOnly, None, event).await,
        }
    }

    async fn with_either<E>(&self, engine: E, event: Event) -> Result<Value, Error>
    where
        E: Engine<Session: Clones>,
    {
        if self.builtin.strategy == Strategy::AlternatingUsers {
            let longest_username = self.longest_username(&E::FACTS)?;
            let rotator = AlternatingUsers { engine, longest_username };
            return self.handle(&rotator, Some(&E::FACTS), event).await;
        }
        self.handle(&SingleUser(engine), Some(&E::FACTS), event).await
    }

    async fn handle<R: Rotator>(
        &self,
        rotator: &R,
        facts: Option<&Facts>,
        event: Event,
    ) -> Result<Value, Error> {
        let excluded = facts.map_or(EXCLUDED, |facts| facts.excluded_characters);
        let length = facts.map_or(LENGTH, |facts| facts.password_length);
        let rules = PasswordRules::read(&self.variable, excluded, length)?;
        handle(rotator, &self.secrets, &rules, event).await
    }

    /// MySQL before 5.7.8 has names of 16 characters; AWS's template asks to be told of more.
    fn longest_username(&self, facts: &Facts) -> Result<usize, Error> {
        let known = self.builtin.engine == EngineKind::MySql;
        match known.then(|| (self.variable)("USERNAME_CHARACTER_LIMIT")).flatten() {
            Some(text) => text.trim().parse().map_err(|_| {
                Error::value(format!("invalid literal for int() with base 10: '{text}'"))
                    .hint("USERNAME_CHARACTER_LIMIT of the function has to be a number")
            }),
            None => Ok(facts.longest_username),
        }
    }
}
