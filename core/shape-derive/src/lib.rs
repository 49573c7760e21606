//! The derives `Shape` and `Reply` of `strongroom-wire`; what they generate is described there.

mod attributes;
mod enumeration;
mod newtype;
mod structure;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Fields, parse_macro_input};

/// Derives `strongroom_wire::Shape` and the audit form (`serde::Serialize`).
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_shape(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Derives `serde::Serialize` with AWS's member names for a reply: absent members are left out.
#[proc_macro_derive(Reply, attributes(shape))]
pub fn derive_reply(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_reply(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand_shape(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => structure::shape(input, fields),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => newtype::shape(input, fields),
            Fields::Unit => structure::shape_of_nothing(input),
            Fields::Unnamed(_) => {
                Err(syn::Error::new_spanned(input, "a shape has one value or named members"))
            }
        },
        Data::Enum(data) => enumeration::shape(input, data),
        Data::Union(_) => Err(syn::Error::new_spanned(input, "a union is no shape")),
    }
}

fn expand_reply(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => structure::serialize(input, fields),
            Fields::Unit => structure::serialize_nothing(input),
            Fields::Unnamed(_) => Err(syn::Error::new_spanned(input, "a reply has named members")),
        },
        Data::Enum(data) => enumeration::serialize(input, data),
        Data::Union(_) => Err(syn::Error::new_spanned(input, "a union is no reply")),
    }
}
