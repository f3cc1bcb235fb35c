import { fileURLToPath } from "node:url";
import { CARGO_BUILD, compileRust, foundCargo, RUST_FLAGS, wantedRust } from "@delchain/rust";
import { REPOSITORY } from "../manifest.ts";
import { tokenAbi } from "../tokenAbi.ts";
import type { Built, Recipe } from "./recipe.ts";

const FOLDER = "apps/tour/contracts/rust/token";
const PATH = fileURLToPath(new URL(FOLDER, REPOSITORY));

async function build(): Promise<Built | { readonly missing: string }> {
  const wanted = wantedRust(PATH);
  const found = await foundCargo(PATH);
  if (found !== wanted) {
    return { missing: `cargo ${wanted} (rustup installs it): this machine's is ${found}` };
  }
  return {
    bytes: await compileRust(PATH),
    abi: tokenAbi,
    toolchain: `rustc ${wanted}, stylus-sdk 0.10.10`,
  };
}

export const RUST_RECIPES: readonly Recipe[] = [
  {
    name: "token-rust",
    contract: "token",
    language: "Rust",
    tier: "wasm",
    source: `${FOLDER}/src/lib.rs`,
    artefact: "token-rust.wasm",
    inputs: ["src/lib.rs", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"].map(
      (name) => `${FOLDER}/${name}`,
    ),
    flags: RUST_FLAGS,
    command: `cargo ${CARGO_BUILD.join(" ")}, with the flags as RUSTFLAGS`,
    build,
  },
];
