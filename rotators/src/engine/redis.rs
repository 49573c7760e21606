//! Redis and Valkey: users in access control lists.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, IntoConnectionInfo as _,
    ProtocolVersion, RedisConnectionInfo, RedisError, ServerErrorKind, TlsCertificates,
};
use strongroom_wire::Sensitive;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Change, Engine, Facts, Reason, Refused, Session, Trial};
use crate::login::Login;
use crate::trust::Trust;

/// As AWS's templates have it for databases.
const CONNECT_SECONDS: u64 = 5;
/// Longer than any command here takes on a server that works.
const ANSWER_SECONDS: u64 = 20;

/// Redis and Valkey.
#[derive(Clone, Debug)]
pub struct Redis {
    /// Whose certificates the server may show.
    pub trust: Trust,
}

/// A connection of a Redis user.
pub struct RedisSession {
    connection: MultiplexedConnection,
}

impl Engine for Redis {
    const FACTS: Facts = Facts {
        engines: &["redis", "valkey"],
        engine_is_optional: true,
        port: 6379,
        database: None,
        excluded_characters: "/@\"'\\",
        password_length: 20,
        longest_username: 512,
        // Few users may change access control lists.
        superuser_may_set: true,
    };
    type Session = RedisSession;

    async fn connect(&self, login: &Login, encrypted: bool) -> Result<RedisSession, Refused> {
        let client = self.client(login, encrypted)?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(CONNECT_SECONDS)))
            .set_response_timeout(Some(Duration::from_secs(ANSWER_SECONDS)));
        let connecting = client.get_multiplexed_async_connection_with_config(&config);
        let limit = Duration::from_secs(CONNECT_SECONDS * 2);
        let connected =
            tokio::time::timeout(limit, connecting).await.map_err(|_| Refused::late())?;
        Ok(RedisSession { connection: connected.map_err(|error| refused(&error))? })
    }

    /// A server without TLS takes its greeting for the beginning of a command and waits for the rest, so
    /// that finding out by TLS would take the whole time limit. It answers a command at once, and one
    /// with TLS hangs up.
    async fn is_plain(&self, login: &Login) -> bool {
        let probe = async {
            let mut stream = TcpStream::connect((login.host.as_str(), login.port)).await?;
            stream.write_all(b"PING\r\n").await?;
            stream.read_u8().await
        };
        let answer = tokio::time::timeout(Duration::from_secs(CONNECT_SECONDS), probe).await;
        // The first characters of "PONG" and of an error, as which it asks for a password.
        matches!(answer, Ok(Ok(b'+' | b'-')))
    }
}

impl Redis {
    fn client(&self, login: &Login, encrypted: bool) -> Result<Client, Refused> {
        let (host, port) = (login.host.clone(), login.port);
        let address = match encrypted {
            true => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
            false => ConnectionAddr::Tcp(host, port),
        };
        let who = RedisConnectionInfo::default()
            .set_username(&login.username)
            .set_password(login.password.reveal())
            .set_protocol(ProtocolVersion::RESP2)
            // A user need not be allowed to name its library.
            .set_skip_set_lib_name();
        let info = address.into_connection_info().map_err(|error| refused(&error))?;
        let info = info.set_redis_settings(who);
        let client = if encrypted {
            let authorities = Some(self.trust.pem()?);
            let tls = TlsCertificates { client_tls: None, root_cert: authorities };
            Client::build_with_tls(info, tls)
        } else {
            Client::open(info)
        };
        client.map_err(|error| refused(&error))
    }
}

impl Session for RedisSession {
    async fn probe(&mut self) -> Result<(), Refused> {
        match self.perform(&Cmd::new().arg("PING").to_owned()).await {
            // Who may not even ask has logged in all the same.
            Err(refused) if refused.reason == Reason::Forbidden => Ok(()),
            outcome => outcome,
        }
    }

    /// The password before stays valid until the next change, as with AWS's template for ElastiCache.
    async fn set_password(&mut self, change: &Change<'_>) -> Result<(), Refused> {
        let mut command = Cmd::new();
        command.arg("ACL").arg("SETUSER").arg(change.user).arg("resetpass");
        for password in [Some(change.password), change.beside].into_iter().flatten() {
            command.arg(hashed(password));
        }
        self.perform(&command).await?;
        self.keep().await;
        Ok(())
    }

    async fn try_password(&mut self, _: &Change<'_>) -> Result<Trial, Refused> {
        Ok(Trial::Impossible)
    }

    async fn add_visitor(
        &mut self,
        user: &str,
        password: &Sensitive<String>,
    ) -> Result<(), Refused> {
        let mut command = Cmd::new();
        command.arg("ACL").arg("SETUSER").arg(user).arg("reset").arg("on").arg(hashed(password));
        self.perform(command.arg("+ping")).await
    }

    async fn remove_visitor(&mut self, user: &str) -> Result<(), Refused> {
        self.perform(Cmd::new().arg("ACL").arg("DELUSER").arg(user)).await
    }

    async fn close(self) {
        drop(self.connection);
    }
}

impl RedisSession {
    async fn perform(&mut self, command: &Cmd) -> Result<(), Refused> {
        let answer: Result<redis::Value, RedisError> =
            command.query_async(&mut self.connection).await;
        answer.map(|_| ()).map_err(|error| refused(&error))
    }

    /// Has the server write its users down, where they are written down: a server that forgets the
    /// password when it is restarted locks everybody out.
    async fn keep(&mut self) {
        let list = self.perform(Cmd::new().arg("ACL").arg("SAVE")).await;
        let Err(without_list) = list else { return };
        // Users are in the configuration, then.
        if let Err(refused) = self.perform(Cmd::new().arg("CONFIG").arg("REWRITE")).await {
            tracing::warn!(
                "setSecret: the server has the new password in memory only and loses it when it is \
                 restarted: {without_list}; {refused}"
            );
        }
    }
}

/// A password as access control lists store it, so that it stands in no command.
fn hashed(password: &Sensitive<String>) -> String {
    let digest = digest(&SHA256, password.reveal().as_bytes());
    format!("#{}", HEXLOWER.encode(digest.as_ref()))
}

/// Only codes: what the server says beside them quotes the command.
fn refused(error: &RedisError) -> Refused {
    let code = error.code().unwrap_or("ERR");
    match error.kind() {
        ErrorKind::AuthenticationFailed => Refused::new(Reason::Password, "WRONGPASS"),
        ErrorKind::Server(ServerErrorKind::NoPerm) => Refused::new(Reason::Forbidden, "NOPERM"),
        ErrorKind::Extension if code == "WRONGPASS" => Refused::new(Reason::Password, code),
        ErrorKind::Server(_) | ErrorKind::Extension => Refused::new(Reason::Other, code),
        ErrorKind::InvalidClientConfig => Refused::new(Reason::Tls, error.category()),
        _ => Refused::on_the_way(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;

    /// What the probe makes of a server that answers whatever it is sent with `answer`.
    async fn is_plain(answer: &'static [u8]) -> bool {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let secret = json!({"host": "127.0.0.1", "port": port, "username": "u", "password": "p"});
        let login = Login::read(&secret.to_string(), &Redis::FACTS, "arn").unwrap();
        let redis = Redis { trust: Trust::default() };
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut sent = [0; 6];
            stream.read_exact(&mut sent).await.unwrap();
            assert_eq!(&sent, b"PING\r\n");
            stream.write_all(answer).await.unwrap();
        };
        tokio::join!(redis.is_plain(&login), serve).0
    }

    #[tokio::test]
    async fn a_server_without_tls_is_found_out_by_its_answer() {
        assert!(is_plain(b"+PONG\r\n").await);
        assert!(is_plain(b"-NOAUTH Authentication required.\r\n").await);
        // An alert of TLS, and nothing.
        assert!(!is_plain(b"\x15\x03\x03\x00\x02\x02\x46").await);
        assert!(!is_plain(b"").await);
    }

    #[test]
    fn a_password_is_hashed_as_the_lists_have_it() {
        // The digest of "abc" from FIPS 180-2.
        let expected = "#ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hashed(&Sensitive::new("abc".to_owned())), expected);
    }
}
