//! Bundles of TypeScript, compiled to bytecode.

use std::rc::Rc;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::{Declared, Evaluated};
use rquickjs::{Ctx, Error, Function, Module, Result};

/// A module as compile-bundle made it.
#[derive(Clone, Copy)]
pub struct Bundle {
    /// By which JavaScript asks for it, and others import it.
    pub name: &'static str,
    pub bytecode: &'static [u8],
}

/// All that are in this program.
#[derive(Clone)]
pub struct Bundles(pub Rc<[Bundle]>);

impl Bundles {
    /// The entry point of a bundle, which is evaluated now.
    pub fn main_of<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
        self.evaluate(ctx, name)?.get("main")
    }

    /// What a bundle exports.
    pub fn evaluate<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Module<'js, Evaluated>> {
        let (module, finished) = self.declare(ctx, name)?.eval()?;
        finished.finish::<()>()?;
        Ok(module)
    }

    fn declare<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Module<'js, Declared>> {
        let bundle =
            self.0.iter().find(|bundle| bundle.name == name).ok_or_else(|| Error::new_loading(name))?;
        // SAFETY: the bytes were written by compile-bundle with this version of this engine, when this program was built.
        unsafe { Module::load(ctx.clone(), bundle.bytecode) }
    }
}

impl Resolver for Bundles {
    /// `./NAME.js`, as esbuild writes it, to the name.
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        _: &str,
        specifier: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        let file = specifier.strip_prefix("./").unwrap_or(specifier);
        Ok(file.strip_suffix(".js").unwrap_or(file).to_owned())
    }
}

impl Loader for Bundles {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        self.declare(ctx, name)
    }
}
