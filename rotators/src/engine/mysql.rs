//! MySQL and MariaDB.

use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};
use strongroom_wire::Sensitive;

use self::grants::for_another;
use self::tls_options::requirement;
use super::{Change, Clones, Engine, Facts, Reason, Refused, Session, Trial};
use crate::login::Login;
use crate::sql::literal;
use crate::trust::Trust;

mod grants;
mod tls_options;

/// As AWS's template has it.
const CONNECT_SECONDS: u64 = 5;
/// Longer than any statement here takes on a server that works.
const ANSWER_SECONDS: u64 = 20;

/// MySQL.
#[derive(Clone, Debug)]
pub struct MySql {
    /// Whose certificates the server may show.
    pub trust: Trust,
}

/// MariaDB.
#[derive(Clone, Debug)]
pub struct MariaDb {
    /// Whose certificates the server may show.
    pub trust: Trust,
}

/// A session of a user of either.
pub struct MySqlSession {
    connection: Conn,
    dialect: Dialect,
}

/// How `SET PASSWORD` wants the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// MySQL from 8.0 on.
    Plain,
    /// MariaDB, and MySQL before: within `PASSWORD()`.
    Function,
}

const FACTS: Facts = Facts {
    engines: &["mysql", "aurora-mysql"],
    engine_is_optional: false,
    port: 3306,
    database: None,
    excluded_characters: "/@\"'\\",
    password_length: 32,
    longest_username: 16,
    superuser_may_set: false,
};

impl Engine for MySql {
    const FACTS: Facts = FACTS;
    type Session = MySqlSession;

    async fn connect(&self, login: &Login, encrypted: bool) -> Result<MySqlSession, Refused> {
        connect(&self.trust, login, encrypted).await
    }
}

impl Engine for MariaDb {
    const FACTS: Facts = Facts { engines: &["mariadb"], longest_username: 80, ..FACTS };
    type Session = MySqlSession;

    async fn connect(&self, login: &Login, encrypted: bool) -> Result<MySqlSession, Refused> {
        connect(&self.trust, login, encrypted).await
    }
}

async fn connect(trust: &Trust, login: &Login, encrypted: bool) -> Result<MySqlSession, Refused> {
    let mut options = OptsBuilder::default()
        .ip_or_hostname(&login.host)
        .tcp_port(login.port)
        .user(Some(&login.username))
        .pass(Some(login.password.reveal()))
        .db_name(login.database.as_ref())
        // The way that the secret names is the way to test.
        .prefer_socket(false)
        .stmt_cache_size(0);
    if encrypted {
        let authorities = trust.file()?.to_owned();
        let tls = SslOpts::default()
            .with_root_certs(vec![authorities.into()])
            .with_disable_built_in_roots(true);
        options = options.ssl_opts(Some(tls));
    }
    let limit = Duration::from_secs(CONNECT_SECONDS * 2);
    let connecting = Conn::new(Opts::from(options));
    let connected = tokio::time::timeout(limit, connecting).await.map_err(|_| Refused::late())?;
    let mut connection = connected.map_err(refused)?;
    // Then a quote is the only character to take care of within a text. The session is ours alone.
    timely(connection.query_drop("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'")).await?;
    let version: Option<String> = timely(connection.query_first("SELECT VERSION()")).await?;
    let dialect = Dialect::of(&version.unwrap_or_default());
    Ok(MySqlSession { connection, dialect })
}

impl Session for MySqlSession {
    async fn probe(&mut self) -> Result<(), Refused> {
        self.perform("SELECT NOW()").await
    }

    async fn set_password(&mut self, change: &Change<'_>) -> Result<(), Refused> {
        let password = self.dialect.password(change.password);
        // Without a name it is the user's own, whichever host the account is for.
        self.perform(&format!("SET PASSWORD = {password}")).await
    }

    async fn try_password(&mut self, _: &Change<'_>) -> Result<Trial, Refused> {
        Ok(Trial::Impossible)
    }

    async fn add_visitor(
        &mut self,
        user: &str,
        password: &Sensitive<String>,
    ) -> Result<(), Refused> {
        let (user, password) = (account(user), literal(password.reveal()));
        self.perform(&format!("CREATE USER {user} IDENTIFIED BY {password}")).await
    }

    async fn remove_visitor(&mut self, user: &str) -> Result<(), Refused> {
        self.perform(&format!("DROP USER {}", account(user))).await
    }

    async fn close(self) {
        let _whatever = self.connection.disconnect().await;
    }
}

impl Clones for MySqlSession {
    async fn provide_user(&mut self, like: &str, change: &Change<'_>) -> Result<(), Refused> {
        let user = account(change.user);
        if !self.exists(change.user).await? {
            let password = literal(change.password.reveal());
            self.perform(&format!("CREATE USER {user} IDENTIFIED BY {password}")).await?;
        }
        let shown = format!("SHOW GRANTS FOR {}", account(like));
        let grants: Vec<String> = timely(self.connection.query(shown)).await?;
        for grant in &grants {
            let grant = for_another(grant, &user)
                .ok_or_else(|| Refused::new(Reason::Other, "a grant in an unknown form"))?;
            self.perform(&grant).await?;
        }
        let options = "SELECT ssl_type, ssl_cipher, x509_issuer, x509_subject FROM mysql.user \
                       WHERE User = ? AND Host = '%'";
        let options = timely(self.connection.exec_first(options, (like,))).await?;
        if let Some(options) = options {
            self.perform(&format!("ALTER USER {user} REQUIRE {}", requirement(options))).await?;
        }
        let password = self.dialect.password(change.password);
        self.perform(&format!("SET PASSWORD FOR {user} = {password}")).await
    }
}

impl MySqlSession {
    async fn exists(&mut self, user: &str) -> Result<bool, Refused> {
        let asked = "SELECT User FROM mysql.user WHERE User = ? AND Host = '%'";
        let found: Option<String> = timely(self.connection.exec_first(asked, (user,))).await?;
        Ok(found.is_some())
    }

    async fn perform(&mut self, statement: &str) -> Result<(), Refused> {
        timely(self.connection.query_drop(statement)).await
    }
}

impl Dialect {
    fn of(version: &str) -> Self {
        let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        let is_old = major < 8 || version.to_lowercase().contains("mariadb");
        if is_old { Self::Function } else { Self::Plain }
    }

    fn password(self, password: &Sensitive<String>) -> String {
        let text = literal(password.reveal());
        match self {
            Self::Plain => text,
            Self::Function => format!("PASSWORD({text})"),
        }
    }
}

/// The account that AWS's templates mean: the user from any host.
fn account(user: &str) -> String {
    format!("{}@'%'", literal(user))
}

async fn timely<T>(
    answer: impl Future<Output = Result<T, mysql_async::Error>>,
) -> Result<T, Refused> {
    let limit = Duration::from_secs(ANSWER_SECONDS);
    let answer = tokio::time::timeout(limit, answer).await.map_err(|_| Refused::late())?;
    answer.map_err(refused)
}

fn refused(error: mysql_async::Error) -> Refused {
    let said = match &error {
        mysql_async::Error::Server(said) => said,
        mysql_async::Error::Driver(mysql_async::DriverError::NoClientSslFlagFromServer) => {
            return Refused::new(Reason::Tls, "the server offers no TLS");
        }
        // These may hold rows and packets, passwords among them.
        mysql_async::Error::Driver(_) => {
            return Refused::new(Reason::Other, "an answer that the driver does not understand");
        }
        mysql_async::Error::Io(mysql_async::IoError::Tls(cause)) => {
            return Refused::new(Reason::Tls, cause.to_string());
        }
        _ => return Refused::on_the_way(&error),
    };
    let reason = match said.code {
        // ER_ACCESS_DENIED_ERROR
        1045 => Reason::Password,
        // Denied: to a database, to a table, without a privilege, without the right to grant.
        1044 | 1142 | 1227 | 1410 | 1698 | 1728 => Reason::Forbidden,
        _ => Reason::Other,
    };
    // A complaint about syntax quotes the statement.
    let detail = match said.code {
        1064 | 1149 => format!("error {}", said.code),
        _ => format!("error {}: {}", said.code, said.message),
    };
    Refused::new(reason, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_says_how_passwords_are_set() {
        for version in ["5.7.44-log", "10.11.6-MariaDB-0+deb12u1", "11.4.2-MariaDB"] {
            assert_eq!(Dialect::of(version), Dialect::Function, "{version}");
        }
        for version in ["8.0.36", "8.4.3", "9.1.0"] {
            assert_eq!(Dialect::of(version), Dialect::Plain, "{version}");
        }
    }

    #[test]
    fn a_password_stays_within_its_quotes() {
        let password = Sensitive::new("a'); DROP USER b; -- \\".to_owned());
        let text = Dialect::Function.password(&password);
        assert_eq!(text, "PASSWORD('a''); DROP USER b; -- \\')");
    }
}
