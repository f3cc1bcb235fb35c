import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const TARGET = "wasm32-unknown-unknown";

/** What cargo is asked, in the contract's folder; flags for the contract alone follow. */
export const CARGO_BUILD: readonly string[] = [
  "rustc",
  "--locked",
  "--lib",
  "--release",
  "--target",
  TARGET,
];

/**
 * 32 kB of stack, as Stylus' own templates have it: the linker's megabyte would cost every call sixteen pages of
 * memory.
 */
const STACK_FLAG = "-Clink-arg=-zstack-size=32768";

/** What rustc is told besides; the folders are this machine's. */
export const RUST_FLAGS: readonly string[] = [
  STACK_FLAG,
  "--remap-path-prefix=$CARGO_HOME/registry/src/*=/crates",
  "--remap-path-prefix=$PWD=/contract",
];

/** For the contract's own crate, and so after what its profile says. */
const LINE_FLAGS: readonly string[] = ["-Cdebuginfo=2", "-Cstrip=none"];

/** stylus-sdk brings a hundred crates; on a busy machine they take twenty minutes. */
const BUILD_TIMEOUT_MS = 3_600_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const run: typeof execFile.__promisify__ = promisify(execFile);

/** The Rust that a contract's `rust-toolchain.toml` asks for; throws an `Error` when the file names none. */
export function wantedRust(folder: string): string {
  const file = join(folder, "rust-toolchain.toml");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const channel = /^\s*channel\s*=\s*"([^"]+)"/m.exec(text)?.[1];
  if (channel === undefined) throw new Error(`${file} must name a channel, such as "1.95.0"`);
  return channel;
}

/** The cargo that this machine has for the folder, such as `1.95.0`; `undefined` when there is none. */
export async function foundCargo(folder: string): Promise<string | undefined> {
  try {
    return (await cargo(folder, ["--version"])).split(" ")[1];
  } catch {
    return undefined;
  }
}

/** The versions of named crates that a contract's `Cargo.lock` holds. */
export function lockedCrates(
  folder: string,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const lock = readFileSync(join(folder, "Cargo.lock"), "utf8");
  const found = [...lock.matchAll(/^name = "([^"]+)"\nversion = "([^"]+)"/gm)];
  return Object.fromEntries(
    found
      .filter(([, name = ""]) => names.includes(name))
      .map(([, name, version]) => [name, version]),
  );
}

/** Shared by all contracts, so that stylus-sdk is compiled once: a minute or more, and hundreds of megabytes. */
const TARGET_FOLDER = join(tmpdir(), "delchain-contract-rust");

/**
 * Compiles the contract in a folder to a WebAssembly module; the same sources give the same bytes wherever the
 * folder lies. `keepsLines`: with debug sections, which a deployment leaves out. Throws an `Error` with cargo's messages.
 */
export async function compileRust(folder: string, keepsLines = false): Promise<Uint8Array> {
  await cargo(folder, ["fetch", "--locked", "--target", TARGET]);
  const lines = keepsLines ? LINE_FLAGS : [];
  const own = ["--", STACK_FLAG, `--remap-path-prefix=${folder}=/contract`, ...lines];
  await cargo(folder, [...CARGO_BUILD, ...own], {
    CARGO_TARGET_DIR: TARGET_FOLDER,
    // What the environment sets would change the bytes.
    RUSTFLAGS: undefined,
    CARGO_ENCODED_RUSTFLAGS: crateFlags().join("\u001f"),
  });
  return readFileSync(join(TARGET_FOLDER, TARGET, "release", `${libraryName(folder)}.wasm`));
}

/** How cargo runs the package's own `main`, which stylus-sdk makes print the interface. */
const EXPORT: readonly string[] = ["run", "--quiet", "--locked", "--features", "export-abi", "--"];

/**
 * What stylus-sdk says of a contract, in Solidity: an interface with its methods, and its constructor's signature
 * (empty without one). Throws an `Error` with cargo's messages.
 */
export async function exportInterface(
  folder: string,
): Promise<{ readonly methods: string; readonly creation: string }> {
  const env = { CARGO_TARGET_DIR: TARGET_FOLDER, RUSTFLAGS: undefined };
  const methods = await cargo(folder, [...EXPORT, "abi"], env);
  const creation = await cargo(folder, [...EXPORT, "constructor"], env);
  return { methods, creation };
}

/** Cargo's own rule: the library is named like the package, with underscores. */
function libraryName(folder: string): string {
  const manifest = readFileSync(join(folder, "Cargo.toml"), "utf8");
  const name = /^\s*\[package\][^[]*?^\s*name\s*=\s*"([^"]+)"/ms.exec(manifest)?.[1];
  if (name === undefined) throw new Error(`${join(folder, "Cargo.toml")} names no package`);
  return name.replaceAll("-", "_");
}

async function cargo(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    const { stdout } = await run("cargo", [...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      timeout: BUILD_TIMEOUT_MS,
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return stdout;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new Error(stderr || String(error), { cause: error });
  }
}

/**
 * Panic messages carry source paths, so the folders of this machine get names of their own: the same bytes come out
 * wherever the crates and the contract lie.
 */
function crateFlags(): string[] {
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const crates = join(home, "registry", "src");
  const folders = existsSync(crates) ? readdirSync(crates).sort() : [];
  return folders.map((name) => `--remap-path-prefix=${join(crates, name)}=/crates`);
}
