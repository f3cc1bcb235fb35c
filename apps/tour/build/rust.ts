import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Abi } from "viem";
import { type ManifestEntry, REPOSITORY } from "../manifest.ts";
import { erc20Abi, erc721Abi } from "../standardAbi.ts";
import { tokenAbi } from "../tokenAbi.ts";
import type { Built, Recipe } from "./recipe.ts";

const CONTRACTS = "apps/tour/contracts/rust";
const TARGET = "wasm32-unknown-unknown";
const BUILD: readonly string[] = ["build", "--locked", "--lib", "--release", "--target", TARGET];
/** Where a workspace's own name stands in panic messages, whatever its folder is called here. */
const REMAPPED = "/contract";
const RUST_VERSION = "1.95.0";

/**
 * 32 kB of stack, as Stylus' own templates have it: the linker's megabyte would cost every call sixteen pages of
 * memory.
 */
const STACK_FLAG = "-Clink-arg=-zstack-size=32768";

/** stylus-sdk brings a hundred crates; on a busy machine they take twenty minutes. */
const BUILD_TIMEOUT_MS = 3_600_000;

const run: typeof execFile.__promisify__ = promisify(execFile);

function cargo(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string }> {
  return run("cargo", [...args], {
    cwd: new URL(folder, REPOSITORY),
    env: { ...process.env, ...env },
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/**
 * Panic messages carry source paths, so the folders of this machine get names of their own: the same bytes come out
 * wherever the crates and the contract lie.
 */
function compilerFlags(folder: string): string[] {
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const crates = join(home, "registry", "src");
  const folders = existsSync(crates) ? readdirSync(crates).sort() : [];
  return [
    STACK_FLAG,
    ...folders.map((name) => `--remap-path-prefix=${join(crates, name)}=/crates`),
    `--remap-path-prefix=${fileURLToPath(new URL(folder, REPOSITORY))}=${REMAPPED}`,
  ];
}

/** A crate, in a folder of its own or in a workspace that shares one lock file and one build of its dependencies. */
type Crate = {
  readonly contract: ManifestEntry["contract"];
  readonly workspace: "token" | "standards";
  /** Below the workspace's folder. */
  readonly folder: string;
  readonly abi: Abi;
};

async function build({
  contract,
  workspace,
  abi,
}: Crate): Promise<Built | { readonly missing: string }> {
  const folder = `${CONTRACTS}/${workspace}`;
  try {
    await cargo(folder, ["--version"]);
  } catch {
    return { missing: `cargo ${RUST_VERSION} with the target ${TARGET} (rustup installs both)` };
  }
  const version = (await cargo(folder, ["--version"])).stdout.split(" ")[1];
  if (version !== RUST_VERSION) {
    return { missing: `cargo ${RUST_VERSION}: this machine's is ${version}` };
  }
  await cargo(folder, ["fetch", "--locked", "--target", TARGET]);
  const output = join(tmpdir(), `delchain-contract-rust-${workspace}`);
  await cargo(folder, [...BUILD, "--package", contract], {
    CARGO_TARGET_DIR: output,
    // What the environment sets would change the bytes.
    RUSTFLAGS: undefined,
    CARGO_ENCODED_RUSTFLAGS: compilerFlags(folder).join("\u001f"),
  });
  return {
    bytes: readFileSync(join(output, TARGET, "release", `${contract}.wasm`)),
    abi,
    toolchain: `rustc ${RUST_VERSION}, stylus-sdk 0.10.10`,
  };
}

const CRATES: readonly Crate[] = [
  { contract: "token", workspace: "token", folder: "", abi: tokenAbi },
  { contract: "erc20", workspace: "standards", folder: "erc20/", abi: erc20Abi },
  { contract: "erc721", workspace: "standards", folder: "erc721/", abi: erc721Abi },
];

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
    flags: [
      STACK_FLAG,
      "--remap-path-prefix=$CARGO_HOME/registry/src/*=/crates",
      `--remap-path-prefix=$PWD=${REMAPPED}`,
    ],
    command: `cargo ${BUILD.join(" ")} --package ${contract}, with the flags as RUSTFLAGS`,
    build: () => build(crate),
  };
}

export const RUST_RECIPES: readonly Recipe[] = CRATES.map(recipe);
