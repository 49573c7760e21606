//! Enums of texts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Fields, Ident};

use crate::attributes::Attributes;

fn variants<'a>(
    input: &DeriveInput,
    data: &'a DataEnum,
) -> syn::Result<(Vec<&'a Ident>, Vec<String>)> {
    let mut idents = Vec::new();
    let mut names = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(syn::Error::new_spanned(input, "an enum of texts has plain variants"));
        }
        let attributes = Attributes::parse(&variant.attrs)?;
        names.push(attributes.name.unwrap_or_else(|| variant.ident.to_string()));
        idents.push(&variant.ident);
    }
    Ok((idents, names))
}

/// `Shape` and `Serialize`.
pub fn shape(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    let (idents, names) = variants(input, data)?;
    let serialize = serialize(input, data)?;
    let ty = &input.ident;
    let set = quote!(::strongroom_wire::constraint::Constraint::OneOf(&[#(#names),*]));
    Ok(quote! {
        #[automatically_derived]
        impl ::strongroom_wire::Shape for #ty {
            fn decode(
                value: ::strongroom_wire::Value<'_>,
                at: &::strongroom_wire::At<'_>,
                found: &mut ::strongroom_wire::Violations,
            ) -> ::std::result::Result<::std::option::Option<Self>, ::strongroom_wire::Mistyped> {
                let text = <::std::string::String as ::strongroom_wire::Shape>::decode(value, at, found)?;
                let ::std::option::Option::Some(text) = text else {
                    return ::std::result::Result::Ok(::std::option::Option::None);
                };
                ::std::result::Result::Ok(match text.as_str() {
                    #(#names => ::std::option::Option::Some(Self::#idents),)*
                    _ => {
                        ::strongroom_wire::constraint::check(
                            ::strongroom_wire::constraint::Facet::Text(&text),
                            false,
                            &[#set],
                            at,
                            found,
                        );
                        ::std::option::Option::None
                    }
                })
            }

            fn model() -> ::strongroom_wire::shape::Model {
                ::strongroom_wire::shape::Model::Text(::std::vec![#set])
            }
        }

        #serialize
    })
}

/// `Serialize` as the text that the model lists.
pub fn serialize(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    let (idents, names) = variants(input, data)?;
    let ty = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl ::strongroom_wire::derive_support::serde::Serialize for #ty {
            fn serialize<S: ::strongroom_wire::derive_support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(match self {
                    #(Self::#idents => #names,)*
                })
            }
        }
    })
}
