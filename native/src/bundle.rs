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
    is_packed: Cell<bool>,
    is_loaded: Cell<bool>,
}

impl Bundle {
    pub fn new(name: &'static str, bytecode: &'static [u8]) -> Self {
        Self { name, bytecode: Cell::new(bytecode), is_packed: Cell::new(false), is_loaded: Cell::new(false) }
    }
}

/// All that are in this program.
#[derive(Clone)]
pub struct Bundles(pub Rc<[Bundle]>);

impl Bundles {
    /// Takes those into the heap, packed, that nobody has loaded yet: few runs need them, and unpacking takes a tenth of a
    /// millisecond. Of the others it holds what was made of them, and nothing of where they were.
    pub fn keep_others(&self) {
        for Bundle { bytecode, is_packed, is_loaded, .. } in self.0.iter() {
            is_packed.set(!is_loaded.get());
            bytecode.set(if is_loaded.get() { &[] } else { packed(bytecode.get()).leak() });
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
        let bytecode = bundle.bytecode.get();
        if !bundle.is_packed.get() {
            // SAFETY: the bytes were written by compile-bundle with this version of this engine, when this program was built.
            return unsafe { Module::load(ctx.clone(), bytecode) };
        }
        let unpacked = lz4_flex::decompress_size_prepended(bytecode).map_err(|_| Error::new_loading(name))?;
        // SAFETY: as above. The engine copies what it reads.
        unsafe { Module::load(ctx.clone(), &unpacked) }
    }
}

/// In memory that is no longer than it has to be.
fn packed(bytecode: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(bytecode).as_slice().to_vec()
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
