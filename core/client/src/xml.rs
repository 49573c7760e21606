//! The little XML that STS and IAM answer with.

use zeroize::Zeroizing;

/// What stands between the first `<name>` and its `</name>`; still escaped.
#[must_use]
pub fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let open = format!("<{name}>");
    let start = text.find(&open)? + open.len();
    let length = text[start..].find(&format!("</{name}>"))?;
    Some(&text[start..start + length])
}

/// The text with its entities resolved; wiped when dropped, for it may be a key.
#[must_use]
pub fn unescaped(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let length = rest.find(';').map_or(rest.len(), |end| end + 1);
        match resolve(&rest[..length]) {
            Some(letter) => out.push(letter),
            None => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

fn resolve(entity: &str) -> Option<char> {
    match entity {
        "&amp;" => Some('&'),
        "&lt;" => Some('<'),
        "&gt;" => Some('>'),
        "&quot;" => Some('"'),
        "&apos;" => Some('\''),
        _ => {
            let number = entity.strip_prefix("&#")?.strip_suffix(';')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_found_and_its_entities_resolved() {
        let text = "<A><Key>a&amp;b&#x2F;&#43;&nope;</Key></A>";
        assert_eq!(
            element(text, "Key").map(|text| unescaped(text).to_string()).as_deref(),
            Some("a&b/+&nope;")
        );
        assert_eq!(element(text, "Other"), None);
        assert_eq!(element("<Key>", "Key"), None);
    }
}
