//! The JavaScript engine with the bundle inside.

use std::ffi::OsString;
use std::mem::ManuallyDrop;

use rquickjs::context::intrinsic::{
    Date, Json, MapSet, Promise, Proxy, RegExp, RegExpCompiler, TypedArrays, WeakRef,
};
use rquickjs::{CatchResultExt, Context, Ctx, Error, Function, Persistent, Runtime, qjs};

use crate::bundle::Bundles;
use crate::functions;
use crate::heap;
use crate::text::Text;

/// All of ECMAScript 2023 but `eval` and `new Function`: nothing that is not part of the program may run in it.
type Intrinsics = (Date, Json, MapSet, Promise, Proxy, RegExp, RegExpCompiler, TypedArrays, WeakRef);

/// The cycle collector walks the whole heap. A run that ends before this much is allocated never needs it; reference
/// counting frees the rest.
const COLLECT_CYCLES_AFTER: usize = 64 * 1024 * 1024;

/// Ready to run the bundle's program.
pub struct Engine {
    context: Context,
    /// What the bundle's `main` has made of the functions.
    program: Persistent<Function<'static>>,
    /// What it is practised with, in a bundle that has it.
    rehearse: Option<Persistent<Function<'static>>>,
}

impl Engine {
    /// Loads and evaluates the bundle that is called main. Nothing of the outside world may be looked at here: this may happen once, on
    /// the machine that builds the program.
    pub fn start(bundles: &Bundles) -> Result<Self, String> {
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        runtime.set_gc_threshold(COLLECT_CYCLES_AFTER);
        runtime.set_loader(bundles.clone(), bundles.clone());
        let context = Context::custom::<Intrinsics>(&runtime).map_err(|error| error.to_string())?;
        // SAFETY: the context is alive and has not run anything yet. rquickjs has no name for this one.
        unsafe { qjs::JS_AddIntrinsicBigInt(context.as_raw().as_ptr()) };
        let loaded = context.with(|ctx| load(&ctx, bundles).catch(&ctx).map_err(|error| error.to_string()));
        let (program, rehearse) = loaded?;
        Ok(Engine { context, program, rehearse })
    }

    /// Runs the bundle's rehearsal.
    pub fn rehearse(&self) -> Result<(), String> {
        let Some(rehearse) = self.rehearse.clone() else {
            return Ok(());
        };
        let run = |ctx: &Ctx<'_>| rehearse.restore(ctx)?.call::<_, ()>(());
        self.context.with(|ctx| run(&ctx).catch(&ctx).map_err(|error| error.to_string()))
    }

    /// Drops what reference counting alone does not.
    pub fn collect_garbage(&self) {
        self.context.runtime().run_gc();
    }

    /// Fills what is free in the engine's arenas, so that what a run makes lies in new ones, together: no page of the old ones is
    /// written to for it. An arena has 4 KB and gives out blocks of one size (`js_arena_malloc` in quickjs.c).
    pub fn fill_gaps(&self) {
        const STEP: usize = 8;
        const LARGEST: usize = 512 - STEP;
        self.context.with(|ctx| {
            // SAFETY: the context is alive.
            let runtime = unsafe { qjs::JS_GetRuntime(ctx.as_raw().as_ptr()) };
            for size in (STEP..=LARGEST).step_by(STEP) {
                let before = heap::blocks();
                // SAFETY: the runtime is alive. The engine asks for a block of its own only where no arena has a place, and
                // gives an empty arena back.
                while heap::blocks() == before {
                    // SAFETY: as above.
                    let block = unsafe { qjs::js_malloc_rt(runtime, size as _) };
                    // What was there may be an address of a stack, which is another one in each process.
                    // SAFETY: a new block of that size.
                    unsafe { block.cast::<u8>().write_bytes(0, size) };
                    if heap::blocks() != before {
                        // SAFETY: it has just come from there.
                        unsafe { qjs::js_free_rt(runtime, block) };
                    }
                }
            }
        });
    }

    /// Calls the program with `argv[0]` and the other arguments.
    pub fn run(self, argv: Vec<OsString>) -> Result<i32, String> {
        let Engine { context, program, .. } = self;
        // Never dropped: the kernel takes the heap back whole, faster than the engine could free it.
        let context = ManuallyDrop::new(context);
        context.with(|ctx| {
            // SAFETY: the context is alive. The engine guards against running out of stack by comparing with where the
            // stack began when it was made, which was in another process if it comes from a snapshot.
            unsafe { qjs::JS_UpdateStackTop(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
            let mut arguments = argv.into_iter().map(Text::from);
            let invoked_as = arguments.next();
            let call = || program.restore(&ctx)?.call((invoked_as, arguments.collect::<Vec<_>>()));
            call().catch(&ctx).map_err(|error| error.to_string())
        })
    }
}

/// The bundle that is evaluated at start-up.
const MAIN: &str = "main";

type Loaded = (Persistent<Function<'static>>, Option<Persistent<Function<'static>>>);

fn load(ctx: &Ctx<'_>, bundles: &Bundles) -> Result<Loaded, Error> {
    let bundle = bundles.evaluate(ctx, MAIN)?;
    let rehearse = bundle.get::<_, Option<Function>>("rehearse").ok().flatten();
    let main: Function = bundle.get("main")?;
    let program: Function = main.call((functions::create(ctx, bundles.clone())?,))?;
    Ok((
        Persistent::save(ctx, program),
        rehearse.map(|function| Persistent::save(ctx, function)),
    ))
}
