//! Bytes that cross between Rust and JavaScript: a string of one character for each, which the engine keeps as bytes.

use rquickjs::{Ctx, Error, FromJs, IntoJs, Result, Value, qjs};

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
    /// Right out of what the engine makes of it, which is UTF-8 or, with half a surrogate pair, nearly: there may be megabytes.
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        if !value.is_string() {
            return Err(Error::new_from_js(value.type_name(), "string"));
        }
        let context = ctx.as_raw().as_ptr();
        let mut length = 0;
        // SAFETY: the context is alive, and so is the value.
        let text = unsafe { qjs::JS_ToCStringLen(context, &raw mut length, value.as_raw()) };
        if text.is_null() {
            return Err(Error::Exception);
        }
        // SAFETY: that long, and there until it is freed below.
        let bytes = bytes_of(unsafe { std::slice::from_raw_parts(text.cast(), length as usize) });
        // SAFETY: as it came, once.
        unsafe { qjs::JS_FreeCString(context, text) };
        Ok(ByteString(bytes))
    }
}

/// By runs of ASCII, of which megabytes are mostly made; other characters that are a byte take two in UTF-8.
fn bytes_of(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
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
