//! Feeds [`strongroom_fuzz::targets::filters`] with whatever reaches code not reached before.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| strongroom_fuzz::targets::filters::run(data));
