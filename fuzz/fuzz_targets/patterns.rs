//! Feeds [`strongroom_fuzz::targets::patterns`] with whatever reaches code not reached before.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::targets::patterns::run(data));
