//! Newtypes: one value with constraints of its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, FieldsUnnamed};

use crate::attributes::Attributes;

/// `Shape` and `Serialize`.
pub fn shape(input: &DeriveInput, fields: &FieldsUnnamed) -> syn::Result<TokenStream> {
    let constraints = Attributes::parse(&input.attrs)?.constraints;
    let ty = &input.ident;
    let inner = &fields.unnamed[0].ty;
    Ok(quote! {
        #[automatically_derived]
        impl ::strongroom_wire::Shape for #ty {
            fn decode(
                value: ::strongroom_wire::Value<'_>,
                at: &::strongroom_wire::At<'_>,
                found: &mut ::strongroom_wire::Violations,
            ) -> ::std::result::Result<::std::option::Option<Self>, ::strongroom_wire::Mistyped> {
                let decoded = <#inner as ::strongroom_wire::Shape>::decode(value, at, found)?;
                ::std::result::Result::Ok(decoded.map(|decoded| {
                    ::strongroom_wire::constraint::check(
                        ::strongroom_wire::Shape::facet(&decoded),
                        Self::HIDDEN,
                        &[#(#constraints),*],
                        at,
                        found,
                    );
                    Self(decoded)
                }))
            }

            fn facet(&self) -> ::strongroom_wire::constraint::Facet<'_> {
                ::strongroom_wire::Shape::facet(&self.0)
            }

            fn model() -> ::strongroom_wire::shape::Model {
                <#inner as ::strongroom_wire::Shape>::model().constrained(&[#(#constraints),*])
            }

            const HIDDEN: bool = <#inner as ::strongroom_wire::Shape>::HIDDEN;
        }

        #[automatically_derived]
        impl ::strongroom_wire::derive_support::serde::Serialize for #ty {
            fn serialize<S: ::strongroom_wire::derive_support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                ::strongroom_wire::derive_support::serde::Serialize::serialize(&self.0, serializer)
            }
        }
    })
}
