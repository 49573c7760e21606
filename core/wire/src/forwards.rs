//! What the writers of all protocols have in common: forms of a value that are another form in a
//! narrower or wider coat, and forms that no reply has.

/// Within an `impl Serializer` whose `Error` is `Unwritable` and whose `Ok` is `()`: narrow numbers and
/// characters go on as the widest of their kind, wrappers as what they wrap, variants as their
/// names; tuples and variants with content cannot be written.
macro_rules! forwards {
    () => {
        $crate::forwards::forwards! { wider
            serialize_i8: i8 => serialize_i64: i64,
            serialize_i16: i16 => serialize_i64: i64,
            serialize_i32: i32 => serialize_i64: i64,
            serialize_u8: u8 => serialize_u64: u64,
            serialize_u16: u16 => serialize_u64: u64,
            serialize_u32: u32 => serialize_u64: u64,
            serialize_f32: f32 => serialize_f64: f64,
        }

        fn serialize_char(self, v: char) -> Result<(), Unwritable> {
            self.serialize_str(v.encode_utf8(&mut [0; 4]))
        }

        fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
            value.serialize(self)
        }

        fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
            self.serialize_unit()
        }

        fn serialize_unit_variant(
            self,
            _: &'static str,
            _: u32,
            variant: &'static str,
        ) -> Result<(), Unwritable> {
            self.serialize_str(variant)
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            value: &T,
        ) -> Result<(), Unwritable> {
            value.serialize(self)
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unwritable> {
            Err(serde::ser::Error::custom("a tuple"))
        }

        fn serialize_tuple_struct(
            self,
            name: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, Unwritable> {
            Err(serde::ser::Error::custom(name))
        }

        fn serialize_tuple_variant(
            self,
            name: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Unwritable> {
            Err(serde::ser::Error::custom(name))
        }

        fn serialize_struct_variant(
            self,
            name: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Unwritable> {
            Err(serde::ser::Error::custom(name))
        }
    };
    (wider $($method:ident: $narrow:ty => $wider:ident: $wide:ty,)*) => {
        $(fn $method(self, v: $narrow) -> Result<(), Unwritable> {
            self.$wider(<$wide>::from(v))
        })*
    };
}

pub(crate) use forwards;
