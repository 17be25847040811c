//! Bytes that cross between Rust and JavaScript: a string of one character for each, which the engine keeps as bytes.

use rquickjs::{Ctx, Error, FromJs, IntoJs, Result, Value};

/// None of a string of which a character is no byte.
pub struct ByteString(pub Option<Vec<u8>>);

impl From<Vec<u8>> for ByteString {
    fn from(bytes: Vec<u8>) -> Self {
        ByteString(Some(bytes))
    }
}

impl<'js> IntoJs<'js> for ByteString {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let text: String = self.0.unwrap_or_default().into_iter().map(char::from).collect();
        text.into_js(ctx)
    }
}

impl<'js> FromJs<'js> for ByteString {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let Some(string) = value.as_string() else {
            return Err(Error::new_from_js(value.type_name(), "string"));
        };
        match string.to_string() {
            Ok(text) => Ok(ByteString(text.chars().map(|character| u8::try_from(character).ok()).collect())),
            // Half a surrogate pair.
            Err(Error::Utf8(_)) => Ok(ByteString(None)),
            Err(error) => Err(error),
        }
    }
}
