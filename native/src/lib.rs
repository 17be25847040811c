//! The outside world for TypeScript that has been compiled to QuickJS bytecode: system calls with no policy of their
//! own. What to do with them is decided in `src/` of the repository, the same code that runs on Node.

mod build_time;
mod bundle;
mod byte_string;
mod capabilities;
mod changing_pages;
mod children;
mod descriptors;
mod engine;
mod errno;
mod executable;
mod file_lock;
mod finish;
mod functions;
mod heap;
mod input;
mod kept_sockets;
mod launch;
mod log;
mod loopback;
mod memory_file;
mod netlink;
mod one_thread;
mod program;
mod program_path;
mod seal;
mod slow_line;
mod socket_option;
mod text;
mod xtables;

pub use program::run;
