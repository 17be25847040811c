//! Bundles of TypeScript, compiled to bytecode.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::{Declared, Evaluated};
use rquickjs::{Ctx, Error, Function, Module, Result};

/// A module as compile-bundle made it.
pub struct Bundle {
    /// By which JavaScript asks for it, and others import it.
    name: &'static str,
    bytecode: Cell<&'static [u8]>,
    is_loaded: Cell<bool>,
}

impl Bundle {
    pub fn new(name: &'static str, bytecode: &'static [u8]) -> Self {
        Self { name, bytecode: Cell::new(bytecode), is_loaded: Cell::new(false) }
    }
}

/// All that are in this program.
#[derive(Clone)]
pub struct Bundles(pub Rc<[Bundle]>);

impl Bundles {
    /// Takes those into the heap that nobody has loaded yet. Of the others it holds what was made of them, and nothing of
    /// where they were.
    pub fn keep_others(&self) {
        for Bundle { bytecode, is_loaded, .. } in self.0.iter() {
            bytecode.set(if is_loaded.get() { &[] } else { bytecode.get().to_vec().leak() });
        }
    }

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
        bundle.is_loaded.set(true);
        // SAFETY: the bytes were written by compile-bundle with this version of this engine, when this program was built.
        unsafe { Module::load(ctx.clone(), bundle.bytecode.get()) }
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
