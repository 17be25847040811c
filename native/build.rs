//! Compiles the bundles of TypeScript to the bytecode of QuickJS, with the very engine that will run them.

use std::env;
use std::path::{Path, PathBuf};

use rquickjs::{CatchResultExt, Context, Module, Runtime, WriteOptions, WriteOptionsEndianness};

fn main() {
    compile(if env::var_os("CARGO_FEATURE_HOST_CONTRACT").is_some() {
        "host-contract"
    } else if env::var_os("CARGO_FEATURE_CNI").is_some() {
        "shunt-cni"
    } else {
        "shunt"
    });
    compile("status");
}

/// From `target/bundle/NAME.js`, which `scripts/native-bundle.ts` makes, to `NAME.bytecode` for `include_bytes!`.
fn compile(name: &str) {
    let bundle = Path::new("target/bundle").join(name).with_extension("js");
    println!("cargo::rerun-if-changed={}", bundle.display());
    let source = std::fs::read(&bundle)
        .unwrap_or_else(|error| panic!("{}: {error}; run native/build.sh", bundle.display()));
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"))
        .join(name)
        .with_extension("bytecode");
    std::fs::write(output, bytecode(name, source)).expect("OUT_DIR is writable");
}

fn bytecode(name: &str, source: Vec<u8>) -> Vec<u8> {
    let runtime = Runtime::new().expect("enough memory");
    let context = Context::full(&runtime).expect("enough memory");
    context.with(|ctx| {
        let module = Module::declare(ctx.clone(), name, source)
            .catch(&ctx)
            .unwrap_or_else(|error| panic!("{name}.js: {error}"));
        // Line numbers and variable names would be a third of the file. Function names stay for stack traces.
        let options = WriteOptions {
            strip_debug: true,
            strip_source: true,
            endianness: target_endianness(),
            ..WriteOptions::default()
        };
        module.write(options).expect("a compiled module can be written")
    })
}

fn target_endianness() -> WriteOptionsEndianness {
    match env::var("CARGO_CFG_TARGET_ENDIAN").as_deref() {
        Ok("big") => WriteOptionsEndianness::Big,
        _ => WriteOptionsEndianness::Little,
    }
}
