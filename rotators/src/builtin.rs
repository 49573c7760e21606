//! The functions that every account has, by the names of AWS's templates.

/// A built-in function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// The function's name, the last part of its ARN.
    pub name: &'static str,
    /// What it does, as `GetFunction` shows it.
    pub description: &'static str,
    /// How it goes about it.
    pub strategy: Strategy,
    /// What it rotates the password of.
    pub engine: EngineKind,
}

/// How a rotator changes a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The one user gets a new password.
    SingleUser,
    /// Two users take turns, so that the credentials in use stay valid during a rotation.
    AlternatingUsers,
    /// Only the secret changes; whoever uses it fetches it.
    PasswordOnly,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// PostgreSQL, and what speaks its protocol and SQL.
    PostgreSql,
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
    /// MongoDB, and what speaks its protocol.
    MongoDb,
    /// Redis and Valkey, with users in access control lists.
    Redis,
    /// A web service.
    Https,
    /// No database.
    None,
}

/// All of them, in alphabetical order.
pub const NAMES: &[Builtin] = &[
    redis("SecretsManagerElasticacheUserRotation"),
    Builtin {
        name: "SecretsManagerHTTPSRotation",
        description: "Changes a key, token or password of a web service, as the secret describes",
        strategy: Strategy::SingleUser,
        engine: EngineKind::Https,
    },
    alternating("SecretsManagerMongoDBRotationMultiUser", EngineKind::MongoDb),
    single("SecretsManagerMongoDBRotationSingleUser", EngineKind::MongoDb),
    single("SecretsManagerRDSMariaDBRotation", EngineKind::MariaDb),
    alternating("SecretsManagerRDSMariaDBRotationMultiUser", EngineKind::MariaDb),
    single("SecretsManagerRDSMariaDBRotationSingleUser", EngineKind::MariaDb),
    single("SecretsManagerRDSMySQLRotation", EngineKind::MySql),
    alternating("SecretsManagerRDSMySQLRotationMultiUser", EngineKind::MySql),
    single("SecretsManagerRDSMySQLRotationSingleUser", EngineKind::MySql),
    single("SecretsManagerRDSPostgreSQLRotation", EngineKind::PostgreSql),
    alternating("SecretsManagerRDSPostgreSQLRotationMultiUser", EngineKind::PostgreSql),
    single("SecretsManagerRDSPostgreSQLRotationSingleUser", EngineKind::PostgreSql),
    redis("SecretsManagerRedisUserRotation"),
    Builtin {
        name: "SecretsManagerRotationTemplate",
        description: "Replaces the password in a secret that no database knows",
        strategy: Strategy::PasswordOnly,
        engine: EngineKind::None,
    },
    redis("SecretsManagerValkeyUserRotation"),
];

/// The built-in function of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    NAMES.iter().find(|builtin| builtin.name == name)
}

const fn single(name: &'static str, engine: EngineKind) -> Builtin {
    let description = match engine {
        EngineKind::PostgreSql => "Changes the password of a PostgreSQL user, as that user",
        EngineKind::MySql => "Changes the password of a MySQL user, as that user",
        EngineKind::MongoDb => {
            "Changes the password of a MongoDB user, as that user or a superuser"
        }
        _ => "Changes the password of a MariaDB user, as that user",
    };
    Builtin { name, description, strategy: Strategy::SingleUser, engine }
}

const fn alternating(name: &'static str, engine: EngineKind) -> Builtin {
    let description = match engine {
        EngineKind::PostgreSql => "Lets two PostgreSQL users take turns, as a superuser",
        EngineKind::MySql => "Lets two MySQL users take turns, as a superuser",
        EngineKind::MongoDb => "Lets two MongoDB users take turns, as a superuser",
        _ => "Lets two MariaDB users take turns, as a superuser",
    };
    Builtin { name, description, strategy: Strategy::AlternatingUsers, engine }
}

const fn redis(name: &'static str) -> Builtin {
    Builtin {
        name,
        description: "Changes the password of a Redis or Valkey user; the one before stays valid",
        strategy: Strategy::SingleUser,
        engine: EngineKind::Redis,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order_and_each_is_there_once() {
        assert!(NAMES.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn the_name_of_the_tutorial_is_found() {
        let builtin = find("SecretsManagerRDSPostgreSQLRotation");
        assert_eq!(builtin.map(|found| found.strategy), Some(Strategy::SingleUser));
        assert_eq!(find("SecretsManagerRDSPostgreSQL"), None);
    }
}
