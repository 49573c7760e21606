//! What `#[shape(…)]` may say.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprRange, LitStr, RangeLimits};

/// The parsed `#[shape(…)]` attributes of one type, member or variant.
#[derive(Default)]
pub struct Attributes {
    /// The name in AWS's model where it does not follow from the Rust name.
    pub name: Option<String>,
    /// Member names start with a small letter (models such as CloudWatch Logs).
    pub camel: bool,
    /// Expressions of type `Constraint`.
    pub constraints: Vec<TokenStream>,
}

impl Attributes {
    /// Reads `attributes`.
    pub fn parse(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("shape")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    parsed.name = Some(meta.value()?.parse::<LitStr>()?.value());
                } else if meta.path.is_ident("camel") {
                    parsed.camel = true;
                } else if meta.path.is_ident("length") {
                    let (min, max) = bounds(&meta.value()?.parse()?)?;
                    let max =
                        max.unwrap_or_else(|| quote!(::strongroom_wire::constraint::UNBOUNDED));
                    parsed.constraints.push(quote!(
                        ::strongroom_wire::constraint::Constraint::Length { min: #min, max: #max }
                    ));
                } else if meta.path.is_ident("range") {
                    let (min, max) = bounds(&meta.value()?.parse()?)?;
                    let max = max.unwrap_or_else(|| quote!(i64::MAX));
                    parsed.constraints.push(quote!(
                        ::strongroom_wire::constraint::Constraint::Range { min: #min, max: #max }
                    ));
                } else if meta.path.is_ident("pattern") {
                    let text = meta.value()?.parse::<LitStr>()?;
                    parsed.constraints.push(quote!(
                        ::strongroom_wire::constraint::Constraint::Pattern({
                            static PATTERN: ::strongroom_wire::constraint::Pattern =
                                ::strongroom_wire::constraint::Pattern::new(
                                    #text,
                                    || ::strongroom_wire::constraint::Pattern::compile(#text),
                                );
                            &PATTERN
                        })
                    ));
                } else {
                    return Err(meta.error("expected name, camel, length, range or pattern"));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}

/// `1..=20` or `1..` as the two bounds.
fn bounds(range: &ExprRange) -> syn::Result<(TokenStream, Option<TokenStream>)> {
    let bound = |end: &Option<Box<Expr>>| end.as_ref().map(|e| quote!(#e));
    let min = bound(&range.start).unwrap_or_else(|| quote!(0));
    match (&range.limits, bound(&range.end)) {
        (RangeLimits::Closed(_), Some(max)) => Ok((min, Some(max))),
        (RangeLimits::HalfOpen(_), None) => Ok((min, None)),
        _ => Err(syn::Error::new_spanned(range, "write bounds as min..=max or min..")),
    }
}

/// `secret_id` as the model writes it: `SecretId`, or `secretId` with `camel`.
pub fn model_name(rust_name: &str, camel: bool) -> String {
    let mut name = String::new();
    for (index, word) in rust_name.trim_start_matches("r#").split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if index > 0 || !camel => name.extend(first.to_uppercase()),
            Some(first) => name.push(first),
            None => {}
        }
        name.push_str(letters.as_str());
    }
    name
}
