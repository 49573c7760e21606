//! Feeds [`strongroom_fuzz::targets::tokens`] with whatever reaches code not reached before.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::targets::tokens::run(data));
