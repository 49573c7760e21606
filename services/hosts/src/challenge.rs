//! Challenges: sealed, so that none needs to be remembered.
//!
//! A challenge holds for which host it is, when it was given out, and at which turn of the host: how many
//! sessions the host had had by then. A session is given only if the host is still at that turn, and moves
//! it on in the same commit. So each challenge is good once, on every node and after every restart,
//! whatever clocks say meanwhile; and those that are not used cost nothing.

use data_encoding::BASE64URL_NOPAD;
use strongroom_api::Timestamp;
use strongroom_seal::Keyring;

/// What challenges are sealed for.
const SEALED_FOR: &str = "hosts/challenge";
/// How long one is good, in milliseconds.
pub const LIFE_MILLIS: i64 = 60_000;
/// Nodes whose clocks are this far apart still take each other's.
const SKEW_MILLIS: i64 = 5_000;
/// No challenge is longer: a longer text is not looked at.
pub const LONGEST: usize = 512;

/// What a challenge holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The ARN of the host, which need not be one.
    pub host_arn: String,
    /// How many sessions it had had.
    pub turn: u64,
    /// When the challenge was given out.
    pub given: Timestamp,
}

impl Challenge {
    /// Until when it is good.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.given.plus_millis(LIFE_MILLIS)
    }

    /// Whether it is good at this time.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.ends() && self.given <= now.plus_millis(SKEW_MILLIS)
    }

    /// It, as a text that nobody else can make.
    #[must_use]
    pub fn seal(&self, keyring: &Keyring) -> String {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend_from_slice(&self.turn.to_be_bytes());
        bytes.extend_from_slice(&self.given.millis().to_be_bytes());
        bytes.extend_from_slice(self.host_arn.as_bytes());
        BASE64URL_NOPAD.encode(&keyring.seal(SEALED_FOR, &bytes))
    }

    /// Reads one that was made here; `None` for anything else.
    #[must_use]
    pub fn open(keyring: &Keyring, text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let sealed = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let bytes = keyring.open(SEALED_FOR, &sealed).ok()?;
        let (turn, rest) = bytes.split_first_chunk::<8>()?;
        let (given, arn) = rest.split_first_chunk::<8>()?;
        Some(Self {
            host_arn: String::from_utf8(arn.to_vec()).ok()?,
            turn: u64::from_be_bytes(*turn),
            given: Timestamp::from_millis(i64::from_be_bytes(*given)),
        })
    }
}
