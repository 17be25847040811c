//! `shunt-cni`, the CNI plugin: a program of its own, so that it starts from a snapshot of its own.

fn main() {
    shunt_native::run(include_bytes!(concat!(env!("OUT_DIR"), "/shunt-cni.bytecode")));
}
