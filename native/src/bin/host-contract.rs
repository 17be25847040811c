//! The native side of the contract suite of the Host port (test/contract).

fn main() {
    shunt_native::run(include_bytes!(concat!(env!("OUT_DIR"), "/host-contract.bytecode")));
}
