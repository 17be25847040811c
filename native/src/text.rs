//! Text that crosses between Rust and JavaScript, where neither side can refuse what the other holds.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use rquickjs::{Ctx, Error, FromJs, IntoJs, Result, Value};

use crate::byte_string::with_bytes;

/// UTF-8. Bytes that are not (output of a child, arguments) become U+FFFD, as on Node.
pub struct Text(pub String);

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        // Checked in place: the common case must not copy megabytes of output.
        Text(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        )
    }
}

impl From<OsString> for Text {
    fn from(text: OsString) -> Self {
        Text::from(text.into_vec())
    }
}

impl<'js> IntoJs<'js> for Text {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        self.0.into_js(ctx)
    }
}

impl<'js> FromJs<'js> for Text {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let Some(string) = value.as_string() else {
            return Err(Error::new_from_js(value.type_name(), "string"));
        };
        // Most are ASCII, which is UTF-8 as it is.
        let plain = with_bytes(ctx, &value, |bytes| {
            let ascii = bytes.filter(|bytes| bytes.is_ascii())?;
            std::str::from_utf8(ascii).ok().map(str::to_owned)
        })?;
        if let Some(text) = plain {
            return Ok(Text(text));
        }
        match string.to_string() {
            Err(Error::Utf8(_)) => replace_lone_surrogates(ctx, string).map(Text),
            other => other.map(Text),
        }
    }
}

/// A JavaScript string may hold half a surrogate pair, which no UTF-8 can say: `"\ud800"` in a JSON text is enough.
fn replace_lone_surrogates<'js>(ctx: &Ctx<'js>, string: &rquickjs::String<'js>) -> Result<String> {
    let prototype: rquickjs::Object = ctx.globals().get::<_, rquickjs::Object>("String")?.get("prototype")?;
    let to_well_formed: rquickjs::Function = prototype.get("toWellFormed")?;
    let well_formed: rquickjs::String = to_well_formed.call((rquickjs::function::This(string.clone()),))?;
    well_formed.to_string()
}
