//! Bundles of TypeScript as the bytecode that build.rs makes of them.

use rquickjs::module::Evaluated;
use rquickjs::{Ctx, Error, Function, Module};

/// The entry point of a bundle.
pub fn main_of<'js>(ctx: &Ctx<'js>, bytecode: &'static [u8]) -> Result<Function<'js>, Error> {
    evaluate(ctx, bytecode)?.get("main")
}

/// What a bundle exports.
pub fn evaluate<'js>(ctx: &Ctx<'js>, bytecode: &'static [u8]) -> Result<Module<'js, Evaluated>, Error> {
    // SAFETY: the bytes were written by build.rs with this version of this engine and are part of this program.
    let module = unsafe { Module::load(ctx.clone(), bytecode) }?;
    let (module, finished) = module.eval()?;
    finished.finish::<()>()?;
    Ok(module)
}
