//! Prints the contract's interface: `delchain build` runs it for the ABI.

#[cfg(feature = "export-abi")]
fn main() {
    {{crate}}::print_from_args();
}

#[cfg(not(feature = "export-abi"))]
fn main() {}
