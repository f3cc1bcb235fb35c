import { fileURLToPath } from "node:url";
import { CARGO_BUILD, compileRust, foundCargo, RUST_FLAGS, wantedRust } from "@delchain/rust";
import type { Abi } from "viem";
import { type ManifestEntry, REPOSITORY } from "../manifest.ts";
import { erc20Abi, erc721Abi } from "../standardAbi.ts";
import { tokenAbi } from "../tokenAbi.ts";
import type { Built, Recipe } from "./recipe.ts";

const CONTRACTS = "apps/tour/contracts/rust";

/** A crate, in a folder of its own or in a workspace that shares one lock file and one build of its dependencies. */
type Crate = {
  readonly contract: ManifestEntry["contract"];
  readonly workspace: "token" | "standards";
  /** Below the workspace's folder. */
  readonly folder: string;
  readonly abi: Abi;
};

const CRATES: readonly Crate[] = [
  { contract: "token", workspace: "token", folder: "", abi: tokenAbi },
  { contract: "erc20", workspace: "standards", folder: "erc20/", abi: erc20Abi },
  { contract: "erc721", workspace: "standards", folder: "erc721/", abi: erc721Abi },
];

function pathOf(folder: string): string {
  return fileURLToPath(new URL(folder, REPOSITORY)).replace(/\/$/, "");
}

async function build({
  workspace,
  folder,
  abi,
}: Crate): Promise<Built | { readonly missing: string }> {
  const root = pathOf(`${CONTRACTS}/${workspace}`);
  const wanted = wantedRust(root);
  const found = await foundCargo(root);
  if (found !== wanted) {
    return { missing: `cargo ${wanted} (rustup installs it): this machine's is ${found}` };
  }
  return {
    bytes: await compileRust(pathOf(`${CONTRACTS}/${workspace}/${folder}`)),
    abi,
    toolchain: `rustc ${wanted}, stylus-sdk 0.10.10`,
  };
}

function recipe(crate: Crate): Recipe {
  const { contract, workspace, folder } = crate;
  const root = `${CONTRACTS}/${workspace}`;
  const files = [
    `${folder}src/lib.rs`,
    `${folder}Cargo.toml`,
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
  ];
  return {
    name: `${contract}-rust`,
    contract,
    language: "Rust",
    tier: "wasm",
    source: `${root}/${folder}src/lib.rs`,
    artefact: `${contract}-rust.wasm`,
    inputs: [...new Set(files)].map((name) => `${root}/${name}`),
    flags: RUST_FLAGS,
    command: `cargo ${CARGO_BUILD.join(" ")} in the crate's folder, with the flags as RUSTFLAGS`,
    build: () => build(crate),
  };
}

export const RUST_RECIPES: readonly Recipe[] = CRATES.map(recipe);
