//! Compiles a bundle of TypeScript to the bytecode of QuickJS, with the very engine that will run it.
//!
//!     compile-bundle NAME SOURCE OUTPUT
//!
//! A program of its own, so that the compiler is no part of the one that is released.

use std::fs;
use std::process::ExitCode;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{CatchResultExt, Context, Ctx, Module, Result as JsResult, Runtime, WriteOptions};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, source, output] = arguments.as_slice() else {
        eprintln!("usage: compile-bundle NAME SOURCE OUTPUT");
        return ExitCode::from(64);
    };
    match compile(name, source).and_then(|bytes| fs::write(output, bytes).map_err(|error| error.to_string()))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compile-bundle: {source}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compile(name: &str, source: &str) -> Result<Vec<u8>, String> {
    let source = fs::read(source).map_err(|error| error.to_string())?;
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    runtime.set_loader(AsItIs, Empty);
    let context = Context::full(&runtime).map_err(|error| error.to_string())?;
    context.with(|ctx| {
        let module =
            Module::declare(ctx.clone(), name, source).catch(&ctx).map_err(|error| error.to_string())?;
        // Line numbers and variable names would be a third of it. Function names stay for stack traces.
        let options = WriteOptions { strip_debug: true, strip_source: true, ..WriteOptions::default() };
        module.write(options).map_err(|error| error.to_string())
    })
}

/// What a bundle imports has to be there while it is compiled, but is only looked at when it is evaluated.
struct Empty;

impl Loader for Empty {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> JsResult<Module<'js, Declared>> {
        Module::declare(ctx.clone(), name, "")
    }
}

/// Keeps specifiers, which are then written into the bytecode as names.
struct AsItIs;

impl Resolver for AsItIs {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        _: &str,
        specifier: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> JsResult<String> {
        Ok(specifier.to_owned())
    }
}
