//! What the freshly linked program does: it makes the one that is released, with the engine started and a bundle in it.

use std::ffi::OsString;
use std::fs;
use std::mem::ManuallyDrop;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::build_time;
use crate::bundle::{Bundle, Bundles};
use crate::changing_pages;
use crate::engine::Engine;
use crate::executable;
use crate::heap;
use crate::log;

/// Obeys `--write-program OUTPUT BUNDLE…`, of build.sh, and `--run BUNDLE… -- ARGUMENT…`, which is the same as what is
/// released but starts its engine each time. A bundle is a file NAME.bytecode.
pub fn obey(arguments: &[OsString]) -> Result<i32, String> {
    match arguments {
        [program, order, output, bundles @ ..] if order == "--write-program" => {
            build_time::stand_still();
            let bundles = read(bundles)?;
            let engine = Engine::start(&bundles)?;
            bundles.keep_others();
            write_program(engine, Path::new(program), Path::new(output)).map(|()| 0)
        }
        [program, order, rest @ ..] if order == "--run" => {
            let end = rest.iter().position(|argument| argument == "--").unwrap_or(rest.len());
            let (bundles, arguments) = rest.split_at(end);
            let argv = std::iter::once(program).chain(arguments.iter().skip(1)).cloned();
            Engine::start(&read(bundles)?)?.run(argv.collect())
        }
        _ => Err("there is no bundle in this program: native/build.sh puts one in".to_owned()),
    }
}

/// They stay as long as this process lives, outside of the heap.
fn read(paths: &[OsString]) -> Result<Bundles, String> {
    let read = |path: &OsString| {
        let path = Path::new(path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned().leak();
        let bytecode = map(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Bundle::new(name, bytecode))
    };
    Ok(Bundles(paths.iter().map(read).collect::<Result<_, String>>()?))
}

/// A file's content outside of the heap.
fn map(path: &Path) -> std::io::Result<&'static [u8]> {
    let file = fs::File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(std::io::Error::other)?;
    let (protection, flags) = (libc::PROT_READ, libc::MAP_PRIVATE);
    // SAFETY: a new mapping, at no address in particular.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, file.as_raw_fd(), 0) };
    if start == libc::MAP_FAILED {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: it is that long, is never unmapped, and build.sh leaves the file alone meanwhile.
    Ok(unsafe { std::slice::from_raw_parts(start.cast(), length) })
}

/// `program` is this one, by the path that build.sh calls it by.
fn write_program(engine: Engine, program: &Path, output: &Path) -> Result<(), String> {
    // Also where this fails nothing of it is freed: a heap that was begun with need not be fit for that.
    let engine = ManuallyDrop::new(engine);
    // What is made at first use is then there, and so is the memory that a run needs.
    engine.rehearse()?;
    engine.collect_garbage();
    engine.fill_gaps();
    let sealed_rehearsal = || {
        heap::seal();
        engine.rehearse()
    };
    let changing = changing_pages::of(sealed_rehearsal, heap::addresses()).unwrap_or_else(|error| {
        log::line(&format!("shunt: each page will be copied when it is written to: {error}"));
        Vec::new()
    });
    let data = heap::finish(ManuallyDrop::into_inner(engine), &changing);
    let program = fs::read(program).map_err(|error| format!("{}: {error}", program.display()))?;
    let finished = executable::with_data(&program, heap::addresses().start as u64, &data)?;
    let written = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(output);
    written
        .and_then(|mut file| std::io::Write::write_all(&mut file, &finished))
        .map_err(|error| format!("{}: {error}", output.display()))
}
