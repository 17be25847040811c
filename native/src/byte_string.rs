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
        let context = ctx.as_raw().as_ptr();
        // SAFETY: the context is alive, and the bytes are that long; they are copied.
        let string = unsafe { shunt_string_of(context, bytes.as_ptr(), bytes.len()) };
        // SAFETY: a new value, which nobody else holds.
        let string = unsafe { Value::from_raw(ctx.clone(), string) };
        if string.is_exception() { Err(Error::Exception) } else { Ok(string) }
    }
}

impl<'js> FromJs<'js> for ByteString {
    /// Right out of where the engine has them: there may be megabytes.
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let Some(string) = value.as_string() else {
            return Err(Error::new_from_js(value.type_name(), "string"));
        };
        let bytes = with_bytes(ctx, &value, |bytes| bytes.map(<[u8]>::to_vec))?;
        // A part of a string with other characters may be without them.
        let of_part = || string.to_string().ok()?.chars().map(|character| u8::try_from(character).ok()).collect();
        Ok(ByteString(bytes.or_else(of_part)))
    }
}

/// Hands over what a string holds where the engine has a byte for each of its characters, as for most, and otherwise None.
pub fn with_bytes<'js, T>(
    ctx: &Ctx<'js>,
    string: &Value<'js>,
    take: impl FnOnce(Option<&[u8]>) -> T,
) -> Result<T> {
    let context = ctx.as_raw().as_ptr();
    let mut length = 0;
    let mut held = qjs::JS_UNDEFINED;
    // SAFETY: the context is alive, and so is the value.
    let bytes = unsafe { shunt_bytes_of(context, string.as_raw(), &raw mut length, &raw mut held) };
    // SAFETY: a new reference, ours alone, which is dropped behind what it keeps.
    let held = unsafe { Value::from_raw(ctx.clone(), held) };
    if held.is_exception() {
        return Err(Error::Exception);
    }
    // SAFETY: that long, and there as long as the string is held.
    Ok(take((!bytes.is_null()).then(|| unsafe { std::slice::from_raw_parts(bytes, length) })))
}

// Of engine-shortcuts.h.
unsafe extern "C" {
    fn shunt_bytes_of(
        context: *mut qjs::JSContext,
        string: qjs::JSValue,
        length: *mut usize,
        held: *mut qjs::JSValue,
    ) -> *const u8;
    fn shunt_string_of(context: *mut qjs::JSContext, bytes: *const u8, length: usize) -> qjs::JSValue;
}
