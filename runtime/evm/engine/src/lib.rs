//! revm behind a flat ABI for a JavaScript host.
//!
//! One instance is one EVM. State is read through synchronous imports (`imports.rs`), transactions go in and
//! outcomes and the block's diff come out as flat bytes (`wire.rs`), so many transactions cross in one call.
//! A frame whose code begins with `EF DC 01` is not EVM code: the host runs it (`host_frame.rs`) and may call
//! back into this instance (`host_api.rs`) on the same journal.

mod creation;
mod database;
mod diff;
mod evm;
mod exports;
mod frame_rules;
mod global;
mod handler;
mod host_api;
mod host_frame;
mod imports;
mod tracer;
mod wire;

/// Nothing in consensus draws randomness; the symbol is needed to link, and a constant keeps runs equal.
fn no_randomness(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    bytes.fill(7);
    Ok(())
}
getrandom::register_custom_getrandom!(no_randomness);
