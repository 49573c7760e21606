//! The doubles that are no numbers, by their names in AWS's protocols.

/// The double of this name.
pub(crate) fn named(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Its name, if it is no number.
pub(crate) fn name(double: f64) -> Option<&'static str> {
    match double {
        number if number.is_finite() => None,
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => Some("NaN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_that_is_no_number_survives_its_name() {
        for text in ["NaN", "Infinity", "-Infinity"] {
            assert_eq!(named(text).and_then(name), Some(text));
        }
        assert_eq!((name(1e300), named("inf"), named("nan")), (None, None, None));
    }
}
