//! SCRAM (RFC 5802, RFC 7677), the client's side, with both hashes that MongoDB has it with.

use std::borrow::Cow;
use std::num::NonZeroU32;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::{hmac, pbkdf2};
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest as _, Md5};
use strongroom_wire::Sensitive;
use zeroize::Zeroizing;

/// Rounds of hashing: fewer give the password away to who has seen a login, more are a server's way of
/// keeping this process busy. MongoDB's own are 10,000 and 15,000.
const ROUNDS: std::ops::RangeInclusive<u32> = 4_096..=1_000_000;
/// "n,,": no channel binding.
const NO_BINDING: &str = "biws";

/// A mechanism of logging in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    /// All that MongoDB before 4.0 and DocumentDB know.
    Sha1,
    /// MongoDB from 4.0 on.
    Sha256,
}

/// The first half of a login: the client's first message is sent.
pub(super) struct Started<'a> {
    mechanism: Mechanism,
    user: &'a str,
    password: &'a Sensitive<String>,
    nonce: &'a str,
}

/// The second half: the proof is sent, and the server has to give its own.
pub(super) struct Proved {
    server: hmac::Tag,
}

/// The server does not speak as it should, or does not know the password itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Untrusted(pub(super) &'static str);

impl Mechanism {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SCRAM-SHA-1",
            Self::Sha256 => "SCRAM-SHA-256",
        }
    }

    /// What stands for the password.
    fn prepared(self, user: &str, password: &str) -> Zeroizing<String> {
        match self {
            Self::Sha1 => {
                let mut hash = Md5::new();
                for part in [user, ":mongo:", password] {
                    hash.update(part);
                }
                Zeroizing::new(HEXLOWER.encode(hash.finalize().as_ref()))
            }
            // A password that SASLprep forbids is one that no server took.
            Self::Sha256 => Zeroizing::new(
                stringprep::saslprep(password).unwrap_or(Cow::Borrowed(password)).into_owned(),
            ),
        }
    }

    fn salted(self, password: &str, salt: &[u8], rounds: NonZeroU32) -> Zeroizing<Vec<u8>> {
        let algorithm = match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        };
        let mut salted = Zeroizing::new(vec![0; self.hash().output_len()]);
        pbkdf2::derive(algorithm, rounds, salt, password.as_bytes(), &mut salted);
        salted
    }

    fn hash(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        }
    }

    fn sign(self, key: &[u8], text: &str) -> hmac::Tag {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), text.as_bytes())
    }
}

impl<'a> Started<'a> {
    /// `nonce` is printable, without commas, and never the same.
    pub(super) fn new(
        mechanism: Mechanism,
        user: &'a str,
        password: &'a Sensitive<String>,
        nonce: &'a str,
    ) -> Self {
        Self { mechanism, user, password, nonce }
    }

    /// The client's first message.
    pub(super) fn message(&self) -> String {
        format!("n,,{}", self.bare())
    }

    /// The client's last message, for the server's first one.
    pub(super) fn prove(&self, challenge: &[u8]) -> Result<(String, Proved), Untrusted> {
        const ODD: Untrusted = Untrusted("an odd challenge");
        let challenge = std::str::from_utf8(challenge).map_err(|_| ODD)?;
        let field =
            |name| fields(challenge).find_map(|(key, value)| (key == name).then_some(value));
        let nonce = field("r").ok_or(ODD)?;
        if !nonce.starts_with(self.nonce) || nonce.len() == self.nonce.len() {
            return Err(Untrusted("a challenge for somebody else"));
        }
        let salt = field("s").and_then(|salt| BASE64.decode(salt.as_bytes()).ok()).ok_or(ODD)?;
        let rounds: u32 = field("i").and_then(|rounds| rounds.parse().ok()).ok_or(ODD)?;
        let rounds = NonZeroU32::new(rounds).filter(|rounds| ROUNDS.contains(&rounds.get()));
        let rounds = rounds.ok_or(Untrusted("too few or too many rounds of hashing"))?;

        let Self { mechanism, user, .. } = *self;
        let password = mechanism.prepared(user, self.password.reveal());
        let salted = mechanism.salted(&password, &salt, rounds);
        let unproved = format!("c={NO_BINDING},r={nonce}");
        let signed = format!("{},{challenge},{unproved}", self.bare());
        let client = mechanism.sign(&salted, "Client Key");
        let stored = digest(mechanism.hash(), client.as_ref());
        let signature = mechanism.sign(stored.as_ref(), &signed);
        let proof: Vec<u8> =
            client.as_ref().iter().zip(signature.as_ref()).map(|(key, mask)| key ^ mask).collect();
        let server = mechanism.sign(&salted, "Server Key");
        let server = mechanism.sign(server.as_ref(), &signed);
        Ok((format!("{unproved},p={}", BASE64.encode(&proof)), Proved { server }))
    }

    fn bare(&self) -> String {
        // A comma and an equals sign have a meaning of their own.
        let user = self.user.replace('=', "=3D").replace(',', "=2C");
        format!("n={user},r={}", self.nonce)
    }
}

impl Proved {
    /// Whether the server, by its last message, knows the password too.
    pub(super) fn check(&self, last: &[u8]) -> Result<(), Untrusted> {
        let last = std::str::from_utf8(last).unwrap_or_default();
        let given = fields(last).find_map(|(key, value)| (key == "v").then_some(value));
        let given = given.and_then(|given| BASE64.decode(given.as_bytes()).ok());
        let is_same = given
            .is_some_and(|given| verify_slices_are_equal(&given, self.server.as_ref()).is_ok());
        if is_same { Ok(()) } else { Err(Untrusted("the server does not know the password")) }
    }
}

/// `a=…,b=…`.
fn fields(message: &str) -> impl Iterator<Item = (&str, &str)> {
    message.split(',').filter_map(|field| field.split_once('='))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    struct Known {
        mechanism: Mechanism,
        nonce: &'static str,
        challenge: &'static str,
        proof: &'static str,
        last: &'static str,
    }

    /// The conversation of RFC 7677, and that of the specification of MongoDB's drivers.
    const KNOWN: [Known; 2] = [
        Known {
            mechanism: Mechanism::Sha256,
            nonce: "rOprNGfwEbeRWgbNEkqO",
            challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            proof: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            last: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        },
        Known {
            mechanism: Mechanism::Sha1,
            nonce: "fyko+d2lbbFgONRv9qkxdawL",
            challenge: "r=fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE,\
                        s=rQ9ZY3MntBeuP3E1TDVC4w==,i=10000",
            proof: "MC2T8BvbmWRckDw8oWl5IVghwCY=",
            last: "v=UMWeI25JD1yNYZRMpZ4VHvhZ9e0=",
        },
    ];

    fn pencil() -> Sensitive<String> {
        Sensitive::new("pencil".to_owned())
    }

    #[test]
    fn the_published_conversations_come_out() {
        for known in KNOWN {
            let password = pencil();
            let started = Started::new(known.mechanism, "user", &password, known.nonce);
            assert_eq!(started.message(), format!("n,,n=user,r={}", known.nonce));
            let (message, proved) = started.prove(known.challenge.as_bytes()).unwrap();
            assert!(message.starts_with("c=biws,r="), "{message}");
            assert_eq!(message.split_once(",p=").unwrap().1, known.proof);
            assert_eq!(proved.check(known.last.as_bytes()), Ok(()));
            for other in [&b"v=AAAA"[..], b"", b"e=invalid-proof", b"\xff"] {
                assert!(proved.check(other).is_err());
            }
        }
    }

    #[test]
    fn a_challenge_that_is_not_for_us_is_not_answered() {
        let password = pencil();
        let started = Started::new(Mechanism::Sha256, "user", &password, "abc");
        for challenge in [
            &b"\xff"[..],
            b"",
            b"r=abcd,i=4096",
            b"r=abcd,s=,i=many",
            b"r=abcd,s=%,i=4096",
            b"r=abc,s=QQ==,i=4096",
            b"r=xyz,s=QQ==,i=4096",
            b"r=abcd,s=QQ==,i=4095",
            b"r=abcd,s=QQ==,i=1000001",
        ] {
            assert!(started.prove(challenge).is_err(), "{challenge:?}");
        }
        assert!(started.prove(b"r=abcd,s=QQ==,i=4096").is_ok());
    }

    #[test]
    fn a_users_name_cannot_add_a_field() {
        let password = pencil();
        let started = Started::new(Mechanism::Sha256, "a,r=b", &password, "abc");
        assert_eq!(started.message(), "n,,n=a=2Cr=3Db,r=abc");
    }
}
