import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { REPOSITORY } from "../manifest.ts";
import { tokenAbi } from "../tokenAbi.ts";
import type { Built, Recipe } from "./recipe.ts";

const FOLDER = "apps/tour/contracts/rust/token";
const TARGET = "wasm32-unknown-unknown";
const BUILD: readonly string[] = ["build", "--locked", "--lib", "--release", "--target", TARGET];
const RUST_VERSION = "1.95.0";

/**
 * 32 kB of stack, as Stylus' own templates have it: the linker's megabyte would cost every call sixteen pages of
 * memory.
 */
const STACK_FLAG = "-Clink-arg=-zstack-size=32768";

/** stylus-sdk brings a hundred crates; on a busy machine they take twenty minutes. */
const BUILD_TIMEOUT_MS = 3_600_000;

const run: typeof execFile.__promisify__ = promisify(execFile);

function cargo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string }> {
  return run("cargo", [...args], {
    cwd: new URL(FOLDER, REPOSITORY),
    env: { ...process.env, ...env },
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/**
 * Panic messages carry source paths, so the folders of this machine get names of their own: the same bytes come out
 * wherever the crates and the contract lie.
 */
function compilerFlags(): string[] {
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const crates = join(home, "registry", "src");
  const folders = existsSync(crates) ? readdirSync(crates).sort() : [];
  return [
    STACK_FLAG,
    ...folders.map((name) => `--remap-path-prefix=${join(crates, name)}=/crates`),
    `--remap-path-prefix=${fileURLToPath(new URL(FOLDER, REPOSITORY))}=/contract`,
  ];
}

async function build(): Promise<Built | { readonly missing: string }> {
  try {
    await cargo(["--version"]);
  } catch {
    return { missing: `cargo ${RUST_VERSION} with the target ${TARGET} (rustup installs both)` };
  }
  const version = (await cargo(["--version"])).stdout.split(" ")[1];
  if (version !== RUST_VERSION) {
    return { missing: `cargo ${RUST_VERSION}: this machine's is ${version}` };
  }
  await cargo(["fetch", "--locked", "--target", TARGET]);
  const output = join(tmpdir(), "delchain-contract-rust-token");
  await cargo(BUILD, {
    CARGO_TARGET_DIR: output,
    // What the environment sets would change the bytes.
    RUSTFLAGS: undefined,
    CARGO_ENCODED_RUSTFLAGS: compilerFlags().join("\u001f"),
  });
  return {
    bytes: readFileSync(join(output, TARGET, "release", "token.wasm")),
    abi: tokenAbi,
    toolchain: `rustc ${RUST_VERSION}, stylus-sdk 0.10.10`,
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
    flags: [
      STACK_FLAG,
      "--remap-path-prefix=$CARGO_HOME/registry/src/*=/crates",
      "--remap-path-prefix=$PWD=/contract",
    ],
    command: `cargo ${BUILD.join(" ")}, with the flags as RUSTFLAGS`,
    build,
  },
];
