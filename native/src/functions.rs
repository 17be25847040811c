//! The object that JavaScript gets: `NativeFunctions` in `src/host/native.ts`.

use std::ffi::CString;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, IsTerminal};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::utsname::uname;
use nix::unistd::write;
use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, FromJs, IntoJs, Object, Result, Value};

use crate::bundle::Bundles;
use crate::children::{self, Command, Ended, Outcome as EndedAs};
use crate::descriptors::{read_all, write_all};
use crate::errno::{Outcome, from_io, not_utf8, to_object};
use crate::file_lock;
use crate::input::Stdin;
use crate::kept_sockets;
use crate::log;
use crate::loopback;
use crate::netlink;
use crate::program_path::find;
use crate::slow_line;
use crate::text::Text;
use crate::xtables;

/// Looks at nothing yet: this is part of start-up, which may happen on the machine that builds the program.
pub fn create<'js>(ctx: &Ctx<'js>, bundles: Bundles) -> Result<Object<'js>> {
    let functions = Object::new(ctx.clone())?;
    functions.set("start", Func::from(start))?;
    functions.set("feed", Func::from(|child, input: Text| children::feed(child, input.0.into_bytes())))?;
    functions.set("wait", Func::from(wait))?;
    functions.set("find", Func::from(|program: Text, path: Text| find(&program.0, &path.0).map(Text)))?;
    functions.set("readFile", Func::from(read_file as Question))?;
    functions.set("writeFile", Func::from(write_file as Change))?;
    functions.set("appendFile", Func::from(append_file as Change))?;
    functions.set("entries", Func::from(entries))?;
    functions.set("fileIdentity", Func::from(file_identity as Question))?;
    functions.set("ownNetns", Func::from(own_netns as Fact))?;
    functions.set("isTerminal", Func::from(|| io::stdout().is_terminal()))?;
    functions.set("variable", Func::from(variable as Question))?;
    functions.set("variables", Func::from(variables))?;
    functions.set("stdin", Func::from(stdin))?;
    functions.set("stdout", Func::from(stdout as Step))?;
    functions.set("log", Func::from(|line: Text| log::line(&line.0)))?;
    functions.set("logPlain", Func::from(|line: Text| log::plain_line(&line.0)))?;
    functions.set("enterNetns", Func::from(enter_netns as Step))?;
    functions.set("enterNewNetns", Func::from(enter_new_netns))?;
    functions.set("byteOrder", Func::from(|| if cfg!(target_endian = "big") { "big" } else { "little" }))?;
    functions.set("kernelRelease", Func::from(kernel_release as Fact))?;
    functions.set("loopbackAt", Func::from(|index| loopback::at(index).map(Text)))?;
    functions.set("netlink", Func::from(netlink::ask))?;
    functions.set("xtables", Func::from(xtables::ask))?;
    functions.set("lock", Func::from(file_lock::take))?;
    functions.set("unlock", Func::from(file_lock::give_back))?;
    functions.set("now", Func::from(now))?;
    functions.set("pause", Func::from(pause))?;
    functions.set("sayWhileSlow", Func::from(say_while_slow))?;
    functions.set("bundle", Func::from(move |ctx, name: Text| bundles.main_of(&ctx, &name.0)))?;
    Ok(functions)
}

// What many of them are, so that the way from JavaScript, some kilobytes of code, is there once for each kind.
type Fact = fn() -> Option<Text>;
type Question = fn(Text) -> Option<Text>;
type Step = fn(Text) -> Outcome;
type Change = fn(Text, Text) -> Outcome;

fn start(command: Object<'_>, environment: Vec<Text>) -> Result<usize> {
    let command = parse_command(&command)?;
    let environment = environment.into_iter().filter_map(|entry| CString::new(entry.0).ok()).collect();
    log::flush();
    Ok(children::start(command, environment))
}

fn wait(ctx: Ctx<'_>, count: usize) -> Result<Array<'_>> {
    log::flush();
    let results = Array::new(ctx.clone())?;
    for (index, ended) in children::wait(count).into_iter().enumerate() {
        results.set(index, format_ended(&ctx, ended)?)?;
    }
    Ok(results)
}

/// None where an argument holds a NUL character.
fn parse_command(command: &Object<'_>) -> Result<Option<Command>> {
    let argv: Vec<Text> = command.get("argv")?;
    let stdin: Value = command.get("stdin")?;
    let milliseconds: f64 = command.get("timeoutMs")?;
    let argv =
        argv.into_iter().map(|argument| CString::new(argument.0)).collect::<std::result::Result<Vec<_>, _>>();
    let timeout =
        Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    let stdin = if stdin.is_function() {
        Stdin::Promised
    } else {
        let text = Option::<Text>::from_js(command.ctx(), stdin)?;
        Stdin::Whole(text.map_or_else(Vec::new, |text| text.0.into_bytes()))
    };
    Ok(argv.ok().map(|argv| Command { argv, stdin, timeout }))
}

/// Added to a clock it must not overflow.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

fn format_ended<'js>(ctx: &Ctx<'js>, ended: Ended) -> Result<Object<'js>> {
    let outcome = Object::new(ctx.clone())?;
    match ended.outcome {
        EndedAs::Exited(status) => {
            outcome.set("kind", "exited")?;
            outcome.set("code", status)?;
        }
        EndedAs::Killed(signal) => {
            outcome.set("kind", "killed")?;
            outcome.set("signal", signal)?;
        }
        EndedAs::TimedOut => outcome.set("kind", "timed-out")?,
        EndedAs::NotStarted(reason) => {
            outcome.set("kind", "not-started")?;
            outcome.set("reason", reason)?;
        }
    }
    let result = Object::new(ctx.clone())?;
    result.set("outcome", outcome)?;
    result.set("stdout", Text::from(ended.stdout))?;
    result.set("stderr", Text::from(ended.stderr))?;
    Ok(result)
}

fn read_file(path: Text) -> Option<Text> {
    fs::read(path.0).ok().map(Text::from)
}

/// Never creates: most of what we write to is under /proc/sys, where a wrong name must not become a new file.
fn write_file(path: Text, text: Text) -> Outcome {
    let opened = OpenOptions::new().write(true).truncate(true).open(path.0);
    Outcome(opened.map_err(|error| from_io(&error)).and_then(|file| write_all(file, text.0.as_bytes())))
}

/// In one write, so that the lines of several processes do not mix, and without waiting for the reader of a pipe.
fn append_file(path: Text, text: Text) -> Outcome {
    let opened = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(OFlag::O_NONBLOCK.bits())
        .open(path.0)
        .map_err(|error| from_io(&error));
    Outcome(opened.and_then(|file| write(&file, text.0.as_bytes())).map(drop))
}

fn entries(folder: Text) -> Option<Vec<Text>> {
    fs::read_dir(folder.0)
        .and_then(|entries| entries.map(|entry| Ok(Text::from(entry?.file_name()))).collect())
        .ok()
}

fn file_identity(path: Text) -> Option<Text> {
    fs::metadata(path.0).ok().map(|file| identity_of(&file))
}

fn identity_of(file: &Metadata) -> Text {
    Text(format!("{}:{}", file.dev(), file.ino()))
}

fn own_netns() -> Option<Text> {
    netlink::own_netns().or_else(|| fs::metadata("/proc/self/ns/net").ok()).map(|file| identity_of(&file))
}

fn variable(name: Text) -> Option<Text> {
    std::env::var_os(name.0).map(Text::from)
}

/// Picked here, because a pod has hundreds: the kubelet adds seven for each service of the namespace.
fn variables(ctx: Ctx<'_>, prefix: Text) -> Result<Object<'_>> {
    let found = Object::new(ctx)?;
    for (name, value) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(prefix.0.as_bytes()) {
            found.set(Text::from(name).0, Text::from(value))?;
        }
    }
    Ok(found)
}

fn stdin(ctx: Ctx<'_>) -> Result<Value<'_>> {
    log::flush();
    match read_all(io::stdin()).map(String::from_utf8) {
        Ok(Ok(text)) => text.into_js(&ctx),
        Ok(Err(error)) => not_utf8(&ctx, error.as_bytes(), error.utf8_error().valid_up_to()),
        Err(errno) => to_object(&ctx, errno),
    }
}

fn stdout(text: Text) -> Outcome {
    log::flush();
    Outcome(write_all(io::stdout(), text.0.as_bytes()))
}

/// For good, and for the children too: this program has one thread.
fn enter_netns(path: Text) -> Outcome {
    kept_sockets::close_all();
    // Not waiting for who writes into a pipe, which is no namespace anyway.
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path.0);
    Outcome(opened.map_err(|error| from_io(&error)).and_then(|file| setns(file, CloneFlags::CLONE_NEWNET)))
}

/// For good, and for the children too.
fn enter_new_netns() -> Outcome {
    kept_sockets::close_all();
    Outcome(unshare(CloneFlags::CLONE_NEWNET))
}

fn say_while_slow(line: Option<Text>, is_harmless: bool) -> bool {
    slow_line::set(line.map(|text| text.0), is_harmless)
}

fn pause(milliseconds: f64) {
    log::flush();
    std::thread::sleep(
        Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default().min(LONGEST_WAIT),
    );
}

/// uname(2) cannot fail with memory of ours.
fn kernel_release() -> Option<Text> {
    uname().ok().map(|names| Text::from(names.release().to_os_string()))
}

/// Milliseconds since the epoch that never run backwards, whatever is done to the node's clock meanwhile.
fn now() -> f64 {
    static STARTED: OnceLock<(Instant, Duration)> = OnceLock::new();
    let (started, since_epoch) = STARTED
        .get_or_init(|| (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()));
    (*since_epoch + started.elapsed()).as_secs_f64() * 1000.0
}
