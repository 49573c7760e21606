//! Random passwords.

use strongroom_api::Entropy;
use zeroize::Zeroize;

use crate::error;
use strongroom_api::Result;

const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// What a password is made of.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Characters of the password, 1 to 4096.
    pub length: usize,
    /// Characters that must not be in it.
    pub excluded: String,
    /// Whether the four types are left out, in the order numbers, punctuation, uppercase, lowercase.
    pub without: Without,
    /// Whether blanks may be in it. A blank is never required.
    pub with_space: bool,
    /// Whether at least one of each type must be in it.
    pub one_of_each: bool,
}

/// Types of characters that are left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Without {
    /// No digits.
    pub numbers: bool,
    /// No punctuation.
    pub punctuation: bool,
    /// No capital letters.
    pub uppercase: bool,
    /// No small letters.
    pub lowercase: bool,
}

impl Recipe {
    /// Draws a password. Every allowed password is equally likely, given that each required type is in
    /// it at a random place.
    ///
    /// # Errors
    /// AWS's errors for a length that leaves no room for each type, and for nothing to choose from.
    pub fn draw(&self, entropy: &dyn Entropy) -> Result<String> {
        let types = self.types();
        let mut all: Vec<char> = types.concat();
        if self.with_space && !self.excluded.contains(' ') {
            all.push(' ');
        }
        if all.is_empty() {
            return Err(error::password_of_nothing());
        }
        if self.one_of_each && self.length < types.len() {
            return Err(error::password_too_short());
        }
        let mut dice = Dice { entropy, buffer: [0; 512], left: 0 };
        let mut letters = Vec::with_capacity(self.length);
        if self.one_of_each {
            letters.extend(types.iter().map(|set| set[dice.below(set.len())]));
        }
        while letters.len() < self.length {
            letters.push(all[dice.below(all.len())]);
        }
        for last in (1..letters.len()).rev() {
            letters.swap(last, dice.below(last + 1));
        }
        let password = letters.iter().collect();
        letters.zeroize();
        Ok(password)
    }

    /// The characters of each type. A type whose characters are all excluded is no type.
    fn types(&self) -> Vec<Vec<char>> {
        let Without { numbers, punctuation, uppercase, lowercase } = self.without;
        [
            (uppercase, UPPERCASE),
            (lowercase, LOWERCASE),
            (numbers, NUMBERS),
            (punctuation, PUNCTUATION),
        ]
        .into_iter()
        .filter(|(left_out, _)| !left_out)
        .map(|(_, set)| set.chars().filter(|c| !self.excluded.contains(*c)).collect::<Vec<_>>())
        .filter(|set| !set.is_empty())
        .collect()
    }
}

/// Unbiased choices from random bytes.
struct Dice<'e> {
    entropy: &'e dyn Entropy,
    buffer: [u8; 512],
    left: usize,
}

impl Dice<'_> {
    /// A number below `sides`, all equally likely.
    fn below(&mut self, sides: usize) -> usize {
        let sides = u32::try_from(sides).unwrap_or(u32::MAX).max(1);
        // Numbers at the top that would make some sides likelier are drawn anew.
        let fair = u32::MAX - u32::MAX % sides;
        loop {
            let number = self.next();
            if number < fair {
                return (number % sides) as usize;
            }
        }
    }

    fn next(&mut self) -> u32 {
        if self.left < 4 {
            self.entropy.fill(&mut self.buffer);
            self.left = self.buffer.len();
        }
        self.left -= 4;
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.buffer[self.left..self.left + 4]);
        u32::from_le_bytes(bytes)
    }
}

impl Drop for Dice<'_> {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strongroom_testkit::Stage;

    use super::*;

    fn recipes() -> impl Strategy<Value = Recipe> {
        let flags = prop::array::uniform6(any::<bool>());
        (4_usize..100, "[ -~\u{e4}\u{20ac}]{0,60}", flags).prop_map(|(length, excluded, flags)| {
            let [numbers, punctuation, uppercase, lowercase, with_space, one_of_each] = flags;
            let without = Without { numbers, punctuation, uppercase, lowercase };
            Recipe { length, excluded, without, with_space, one_of_each }
        })
    }

    proptest! {
        #[test]
        fn a_password_has_its_length_every_required_type_and_nothing_excluded(
            recipe in recipes(),
            seed in any::<u64>(),
        ) {
            let stage = Stage::new(seed);
            let is_left_out = |c: char| recipe.excluded.contains(c);
            let types = [
                (recipe.without.numbers, NUMBERS),
                (recipe.without.punctuation, PUNCTUATION),
                (recipe.without.uppercase, UPPERCASE),
                (recipe.without.lowercase, LOWERCASE),
            ];
            let may_have = |c: char| {
                let allowed = |(left_out, set): &(bool, &str)| !left_out && set.contains(c);
                !is_left_out(c) && (types.iter().any(allowed) || (c == ' ' && recipe.with_space))
            };
            let Ok(password) = recipe.draw(stage.circumstances().entropy) else {
                prop_assert!(!(' '..='~').any(may_have), "there was something to choose from");
                return Ok(());
            };
            prop_assert_eq!(password.chars().count(), recipe.length);
            prop_assert!(password.chars().all(may_have), "{:?}", password);
            for (left_out, set) in types {
                let is_there = !left_out && !set.chars().all(is_left_out);
                if recipe.one_of_each && is_there {
                    prop_assert!(password.chars().any(|c| set.contains(c)), "{:?} of {}", password, set);
                }
            }
        }
    }

    #[test]
    fn every_character_of_the_four_types_comes_about_equally_often() {
        let recipe = Recipe {
            length: 4_096,
            excluded: String::new(),
            without: Without::default(),
            with_space: true,
            one_of_each: false,
        };
        let stage = Stage::new(7);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..25 {
            for c in recipe.draw(stage.circumstances().entropy).unwrap().chars() {
                *counts.entry(c).or_insert(0_u32) += 1;
            }
        }
        assert_eq!(counts.len(), 95);
        let (least, most) = (counts.values().min().unwrap(), counts.values().max().unwrap());
        // 1078 expected, with a standard deviation of 33.
        assert!(*least > 880 && *most < 1_280, "{least} to {most}");
    }
}
