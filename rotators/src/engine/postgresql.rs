//! PostgreSQL.

use std::time::Duration;

use strongroom_wire::Sensitive;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Change, Clones, Engine, Facts, Reason, Refused, Session, Trial};
use crate::login::Login;
use crate::sql::{identifier, literal};
use crate::trust::Trust;

/// As AWS's template has it.
const CONNECT_SECONDS: u64 = 5;
/// Longer than any statement here takes on a server that works.
const ANSWER_SECONDS: u64 = 20;

/// PostgreSQL, and what speaks its protocol and SQL.
#[derive(Clone, Debug)]
pub struct PostgreSql {
    /// Whose certificates the server may show.
    pub trust: Trust,
}

/// A session of a PostgreSQL user.
pub struct PostgreSqlSession {
    client: Client,
}

impl Engine for PostgreSql {
    const FACTS: Facts = Facts {
        engines: &["postgres", "aurora-postgresql"],
        engine_is_optional: false,
        port: 5432,
        database: Some("postgres"),
        excluded_characters: ":/@\"'\\",
        password_length: 32,
        longest_username: 63,
        superuser_may_set: false,
    };
    type Session = PostgreSqlSession;

    async fn connect(&self, login: &Login, encrypted: bool) -> Result<PostgreSqlSession, Refused> {
        let limit = Duration::from_secs(CONNECT_SECONDS);
        let mut config = Config::new();
        config
            .host(&login.host)
            .port(login.port)
            .user(&login.username)
            .password(login.password.reveal())
            .dbname(login.database.as_deref().unwrap_or("postgres"))
            .application_name("strongroom rotator")
            .connect_timeout(limit)
            .ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        let connecting = async {
            if encrypted {
                let tls = MakeRustlsConnect::new(self.trust.tls()?);
                let (client, connection) = config.connect(tls).await.map_err(refused)?;
                tokio::spawn(connection);
                Ok(client)
            } else {
                let (client, connection) = config.connect(NoTls).await.map_err(refused)?;
                tokio::spawn(connection);
                Ok(client)
            }
        };
        // The driver's own limit covers TCP alone.
        let client = tokio::time::timeout(limit * 2, connecting).await;
        client.unwrap_or_else(|_| Err(Refused::late())).map(|client| PostgreSqlSession { client })
    }
}

impl Session for PostgreSqlSession {
    async fn probe(&mut self) -> Result<(), Refused> {
        timely(self.client.query_typed("SELECT NOW()", &[])).await.map(|_| ())
    }

    async fn set_password(&mut self, change: &Change<'_>) -> Result<(), Refused> {
        let statement = self.alter(change).await?;
        timely(self.client.batch_execute(&statement)).await
    }

    async fn try_password(&mut self, change: &Change<'_>) -> Result<Trial, Refused> {
        let statement = self.alter(change).await?;
        let transaction = timely(self.client.transaction()).await?;
        timely(transaction.batch_execute(&statement)).await?;
        timely(transaction.rollback()).await?;
        Ok(Trial::RolledBack)
    }

    async fn add_visitor(
        &mut self,
        user: &str,
        password: &Sensitive<String>,
    ) -> Result<(), Refused> {
        // Should nobody be left to remove the user, then at least it cannot log in for long.
        let soon = "SELECT (now() + interval '5 minutes')::text";
        let rows = timely(self.client.query_typed(soon, &[])).await?;
        let soon: String = first(&rows)?;
        let verifier = self.verifier(user, password).await?;
        let statement = format!(
            "CREATE ROLE {} WITH LOGIN PASSWORD {} CONNECTION LIMIT 1 VALID UNTIL {}",
            identifier(user),
            literal(&verifier),
            literal(&soon)
        );
        timely(self.client.batch_execute(&statement)).await
    }

    async fn remove_visitor(&mut self, user: &str) -> Result<(), Refused> {
        timely(self.client.batch_execute(&format!("DROP ROLE {}", identifier(user)))).await
    }

    async fn close(self) {
        // Dropping the client ends the connection; the server hears of it from its task.
        drop(self.client);
    }
}

impl Clones for PostgreSqlSession {
    async fn provide_user(&mut self, like: &str, change: &Change<'_>) -> Result<(), Refused> {
        let exists = "SELECT 1 FROM pg_roles WHERE rolname = $1";
        let found = timely(self.client.query_typed(exists, &[(&change.user, Type::NAME)])).await?;
        if !found.is_empty() {
            return self.set_password(change).await;
        }
        let verifier = self.verifier(change.user, change.password).await?;
        let user = identifier(change.user);
        let create = format!("CREATE ROLE {user} WITH LOGIN PASSWORD {}", literal(&verifier));
        let grant = format!("GRANT {} TO {user}", identifier(like));
        let transaction = timely(self.client.transaction()).await?;
        timely(transaction.batch_execute(&create)).await?;
        timely(transaction.batch_execute(&grant)).await?;
        timely(transaction.commit()).await
    }
}

impl PostgreSqlSession {
    async fn alter(&self, change: &Change<'_>) -> Result<String, Refused> {
        let verifier = self.verifier(change.user, change.password).await?;
        let user = identifier(change.user);
        Ok(format!("ALTER USER {user} WITH PASSWORD {}", literal(&verifier)))
    }

    /// What the server would store of the password. As psql does it, so that the password itself
    /// never stands in a statement, which servers log.
    async fn verifier(&self, user: &str, password: &Sensitive<String>) -> Result<String, Refused> {
        let asked = "SELECT current_setting('password_encryption')";
        let rows = timely(self.client.query_typed(asked, &[])).await?;
        let kind: String = first(&rows)?;
        let password = password.reveal().as_bytes();
        Ok(match kind.as_str() {
            "scram-sha-256" => postgres_protocol::password::scram_sha_256(password),
            _ => postgres_protocol::password::md5(password, user),
        })
    }
}

fn first(rows: &[tokio_postgres::Row]) -> Result<String, Refused> {
    let value = rows.first().and_then(|row| row.try_get(0).ok());
    value.ok_or_else(|| Refused::new(Reason::Other, "an answer without a value"))
}

async fn timely<T>(
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Refused> {
    let limit = Duration::from_secs(ANSWER_SECONDS);
    let answer = tokio::time::timeout(limit, answer).await.map_err(|_| Refused::late())?;
    answer.map_err(refused)
}

fn refused(error: tokio_postgres::Error) -> Refused {
    let Some(said) = error.as_db_error() else {
        let refused = Refused::on_the_way(&error);
        // The driver has no kind for it, only this text.
        return match error.to_string().contains("TLS") {
            true => Refused { reason: Reason::Tls, ..refused },
            false => refused,
        };
    };
    let reason = match *said.code() {
        SqlState::INVALID_PASSWORD => Reason::Password,
        SqlState::INSUFFICIENT_PRIVILEGE => Reason::Forbidden,
        _ => Reason::Other,
    };
    // A complaint about syntax quotes the statement.
    let detail = match said.code().code() {
        code if code.starts_with("426") => format!("SQLSTATE {code}"),
        code => format!("SQLSTATE {code}: {}", said.message()),
    };
    Refused::new(reason, detail)
}
