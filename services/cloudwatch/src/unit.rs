//! The units of metrics.

use serde::Deserialize;
use strongroom_api::Shape;

macro_rules! units {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// A unit of AWS's list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Shape)]
        #[allow(missing_docs)]
        pub enum Unit {
            $(#[shape(name = $text)] #[serde(rename = $text)] $variant,)*
        }

        impl Unit {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in the model.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

units! {
    Seconds = "Seconds",
    Microseconds = "Microseconds",
    Milliseconds = "Milliseconds",
    Bytes = "Bytes",
    Kilobytes = "Kilobytes",
    Megabytes = "Megabytes",
    Gigabytes = "Gigabytes",
    Terabytes = "Terabytes",
    Bits = "Bits",
    Kilobits = "Kilobits",
    Megabits = "Megabits",
    Gigabits = "Gigabits",
    Terabits = "Terabits",
    Percent = "Percent",
    Count = "Count",
    BytesPerSecond = "Bytes/Second",
    KilobytesPerSecond = "Kilobytes/Second",
    MegabytesPerSecond = "Megabytes/Second",
    GigabytesPerSecond = "Gigabytes/Second",
    TerabytesPerSecond = "Terabytes/Second",
    BitsPerSecond = "Bits/Second",
    KilobitsPerSecond = "Kilobits/Second",
    MegabitsPerSecond = "Megabits/Second",
    GigabitsPerSecond = "Gigabits/Second",
    TerabitsPerSecond = "Terabits/Second",
    CountPerSecond = "Count/Second",
    None = "None",
}

impl Unit {
    /// The number under which it is stored: its place in the list, which never changes.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The unit stored under `number`; `None` for a number of a later version.
    #[must_use]
    pub fn of_number(number: u8) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::None)
    }

    /// The unit with this name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.text() == text)
    }
}
