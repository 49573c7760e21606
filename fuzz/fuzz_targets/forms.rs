//! Feeds [`strongroom_fuzz::targets::forms`] with whatever reaches code not reached before.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::targets::forms::run(data));
