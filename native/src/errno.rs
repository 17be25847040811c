//! Error numbers as `src/host/errno.ts` spells them.

use std::io;

use nix::errno::Errno;
use rquickjs::{Ctx, IntoJs, Object, Result, Value};

/// Success as `undefined`, failure as `{ name: "ENOENT", number: 2, message: "no such file or directory" }`.
pub struct Outcome(pub std::result::Result<(), Errno>);

impl<'js> IntoJs<'js> for Outcome {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        match self.0 {
            Ok(()) => Ok(Value::new_undefined(ctx.clone())),
            Err(errno) => to_object(ctx, errno),
        }
    }
}

pub fn to_object<'js>(ctx: &Ctx<'js>, errno: Errno) -> Result<Value<'js>> {
    described(ctx, errno, message(errno))
}

/// `EILSEQ`, in the words of `src/domain/utf8.ts`, for bytes of which that at `offset` begins no character.
pub fn not_utf8<'js>(ctx: &Ctx<'js>, bytes: &[u8], offset: usize) -> Result<Value<'js>> {
    let line = 1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count();
    let byte = bytes[offset];
    let message = format!("is not UTF-8: byte {byte:#04x} at offset {offset} (line {line})");
    described(ctx, Errno::EILSEQ, message)
}

fn described<'js>(ctx: &Ctx<'js>, errno: Errno, message: String) -> Result<Value<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("name", format!("{errno:?}"))?;
    object.set("number", errno as i32)?;
    object.set("message", message)?;
    Ok(object.into_value())
}

/// Begins in lower case, since it ends a sentence that began with what was tried.
pub fn message(errno: Errno) -> String {
    let text = errno.desc();
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_lowercase() + rest
}

/// The standard library reports paths with a NUL character without an error number.
pub fn from_io(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EINVAL, Errno::from_raw)
}
