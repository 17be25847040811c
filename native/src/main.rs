//! `shunt`, `proxy-init`, `shunt-init` and `shunt-cni` for nodes and images without Node: which of them a program is
//! depends on the bundle that build.sh has put into it.

fn main() {
    shunt_native::run();
}
