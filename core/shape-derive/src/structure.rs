//! Structures: named members.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, FieldsNamed, GenericArgument, Ident, PathArguments, Type};

use crate::attributes::{Attributes, model_name};

struct Member<'a> {
    ident: &'a Ident,
    name: String,
    /// The type inside the `Option` of an optional member.
    inner: &'a Type,
    optional: bool,
    constraints: Vec<TokenStream>,
}

fn members<'a>(input: &DeriveInput, fields: &'a FieldsNamed) -> syn::Result<Vec<Member<'a>>> {
    let camel = Attributes::parse(&input.attrs)?.camel;
    let mut members = Vec::new();
    for field in &fields.named {
        let attributes = Attributes::parse(&field.attrs)?;
        let Some(ident) = &field.ident else { continue };
        let name = attributes.name.unwrap_or_else(|| model_name(&ident.to_string(), camel));
        let (inner, optional) = match inside_option(&field.ty) {
            Some(inner) => (inner, true),
            None => (&field.ty, false),
        };
        members.push(Member { ident, name, inner, optional, constraints: attributes.constraints });
    }
    Ok(members)
}

fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// `Shape` and `Serialize`.
pub fn shape(input: &DeriveInput, fields: &FieldsNamed) -> syn::Result<TokenStream> {
    let members = members(input, fields)?;
    let serialize = serialize(input, fields)?;
    let ty = &input.ident;
    let slots: Vec<_> = (0..members.len()).map(|i| format_ident!("slot_{i}")).collect();
    let names: Vec<_> = members.iter().map(|m| &m.name).collect();
    let reads = members.iter().zip(&slots).map(|(member, slot)| {
        let Member { ident, name, inner, constraints, .. } = member;
        let arguments = quote!(#slot, &[#(#constraints),*], &at.member(#name), found);
        if member.optional {
            quote!(let #ident = ::strongroom_wire::shape::optional::<#inner>(#arguments)?.value();)
        } else {
            quote!(let #ident = ::strongroom_wire::shape::required::<#inner>(#arguments)?;)
        }
    });
    let required: Vec<_> = members.iter().filter(|m| !m.optional).map(|m| m.ident).collect();
    let idents = members.iter().map(|m| m.ident);
    let described = members.iter().map(|member| {
        let Member { name, inner, optional, constraints, .. } = member;
        quote!(::strongroom_wire::shape::Member {
            name: #name,
            required: !#optional,
            model: <#inner as ::strongroom_wire::Shape>::model().constrained(&[#(#constraints),*]),
        })
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::strongroom_wire::Shape for #ty {
            fn decode(
                value: ::strongroom_wire::Value<'_>,
                at: &::strongroom_wire::At<'_>,
                found: &mut ::strongroom_wire::Violations,
            ) -> ::std::result::Result<::std::option::Option<Self>, ::strongroom_wire::Mistyped> {
                let sent = match value {
                    ::strongroom_wire::Value::Map(members) => members,
                    // The query protocol sends an empty structure as `Name=`.
                    ::strongroom_wire::Value::Form(text) if text.is_empty() => ::std::vec::Vec::new(),
                    other => return ::std::result::Result::Err(
                        ::strongroom_wire::Mistyped::new(&other, "a Structure")
                    ),
                };
                #(let mut #slots = ::std::option::Option::None;)*
                for (name, value) in sent {
                    match &*name {
                        #(#names => #slots = ::std::option::Option::Some(value),)*
                        _ => {}
                    }
                }
                #(#reads)*
                #(let ::std::option::Option::Some(#required) = #required else {
                    return ::std::result::Result::Ok(::std::option::Option::None);
                };)*
                ::std::result::Result::Ok(::std::option::Option::Some(Self { #(#idents),* }))
            }

            fn model() -> ::strongroom_wire::shape::Model {
                ::strongroom_wire::shape::Model::Structure(::std::vec![#(#described),*])
            }
        }

        #serialize
    })
}

/// `Shape` and `Serialize` of an input without members.
pub fn shape_of_nothing(input: &DeriveInput) -> syn::Result<TokenStream> {
    let ty = &input.ident;
    let serialize = serialize_nothing(input)?;
    Ok(quote! {
        #[automatically_derived]
        impl ::strongroom_wire::Shape for #ty {
            fn decode(
                value: ::strongroom_wire::Value<'_>,
                _: &::strongroom_wire::At<'_>,
                _: &mut ::strongroom_wire::Violations,
            ) -> ::std::result::Result<::std::option::Option<Self>, ::strongroom_wire::Mistyped> {
                match value {
                    ::strongroom_wire::Value::Map(_) => {
                        ::std::result::Result::Ok(::std::option::Option::Some(Self))
                    }
                    other => ::std::result::Result::Err(
                        ::strongroom_wire::Mistyped::new(&other, "a Structure")
                    ),
                }
            }

            fn model() -> ::strongroom_wire::shape::Model {
                ::strongroom_wire::shape::Model::Structure(::std::vec::Vec::new())
            }
        }

        #serialize
    })
}

/// `Serialize` with model names, absent members left out.
pub fn serialize(input: &DeriveInput, fields: &FieldsNamed) -> syn::Result<TokenStream> {
    let members = members(input, fields)?;
    let ty = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let ty_name = ty.to_string();
    let always = members.iter().filter(|m| !m.optional).count();
    let optional: Vec<_> = members.iter().filter(|m| m.optional).map(|m| m.ident).collect();
    let writes = members.iter().map(|member| {
        let Member { ident, name, optional, .. } = member;
        if *optional {
            quote!(match &self.#ident {
                ::std::option::Option::Some(value) => structure.serialize_field(#name, value)?,
                ::std::option::Option::None => structure.skip_field(#name)?,
            })
        } else {
            quote!(structure.serialize_field(#name, &self.#ident)?)
        }
    });
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::strongroom_wire::derive_support::serde::Serialize
            for #ty #type_generics #where_clause
        {
            fn serialize<S: ::strongroom_wire::derive_support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                #[allow(unused_imports)]
                use ::strongroom_wire::derive_support::serde::ser::SerializeStruct as _;
                #[allow(unused_mut)]
                let mut structure = serializer.serialize_struct(
                    #ty_name,
                    #always #(+ usize::from(self.#optional.is_some()))*,
                )?;
                #(#writes;)*
                structure.end()
            }
        }
    })
}

/// `Serialize` of a structure without members.
pub fn serialize_nothing(input: &DeriveInput) -> syn::Result<TokenStream> {
    let ty = &input.ident;
    let ty_name = ty.to_string();
    Ok(quote! {
        #[automatically_derived]
        impl ::strongroom_wire::derive_support::serde::Serialize for #ty {
            fn serialize<S: ::strongroom_wire::derive_support::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use ::strongroom_wire::derive_support::serde::ser::SerializeStruct as _;
                serializer.serialize_struct(#ty_name, 0)?.end()
            }
        }
    })
}
