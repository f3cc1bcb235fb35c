// The front door of @delchain/rust: compile a contract with cargo, and what it would be compiled with.

export {
  CARGO_BUILD,
  compileRust,
  exportInterface,
  foundCargo,
  lockedCrates,
  RUST_FLAGS,
  wantedRust,
} from "./compile.ts";
