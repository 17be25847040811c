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
        let bytes = self.0.unwrap_or_default();
        // Of ten thousand rules there are megabytes, and most of them are ASCII: two bytes of UTF-8 are for the others.
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 4);
        text.extend(bytes.into_iter().map(char::from));
        text.into_js(ctx)
    }
}

impl<'js> FromJs<'js> for ByteString {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let Some(string) = value.as_string() else {
            return Err(Error::new_from_js(value.type_name(), "string"));
        };
        match string.to_string() {
            Ok(text) => Ok(ByteString(bytes_of(&text))),
            // Half a surrogate pair.
            Err(Error::Utf8(_)) => Ok(ByteString(None)),
            Err(error) => Err(error),
        }
    }
}

/// By runs of ASCII, of which megabytes are mostly made; other characters that are a byte take two in UTF-8.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        let run = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        bytes.extend_from_slice(&rest[..run]);
        match rest[run..] {
            [] => return Some(bytes),
            [first @ 0xc2..=0xc3, second, ref behind @ ..] => {
                bytes.push((first << 6) | (second & 0x3f));
                rest = behind;
            }
            _ => return None,
        }
    }
}
