//! `shunt`, `proxy-init` and `shunt-init` for nodes and images without Node.

fn main() {
    shunt_native::run(include_bytes!(concat!(env!("OUT_DIR"), "/shunt.bytecode")));
}
