// Builds runtime/evm/engine.wasm from this crate, and writes its hashes to engine.json. `--check` builds the same
// in a folder of its own and compares bytes instead. Needs rustup, which fetches the pinned toolchain by itself.
import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ENGINE_ARTEFACT,
  ENGINE_RECORD,
  ENGINE_SOURCE,
  type EngineRecord,
  hashEngineSource,
  sha256,
} from "./sourceHash.ts";

const TARGET = "wasm32-unknown-unknown";
const source = fileURLToPath(ENGINE_SOURCE);

function cargo(args: readonly string[], options: ExecFileSyncOptions): string {
  try {
    return String(execFileSync("cargo", [...args, "--locked", "--target", TARGET], options) ?? "");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const remedy = missing ? "cargo is not on the PATH; install rustup" : "cargo failed, see above";
    throw new Error(`the EVM engine was not built: ${remedy}`, { cause });
  }
}

function buildEngine(targetFolder: string): Uint8Array {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // Panic messages hold paths; with them mapped, any folder and any CARGO_HOME give the same bytes.
  const flags = [
    `--remap-path-prefix=${cargoHome}=/cargo`,
    `--remap-path-prefix=${source.replace(/\/$/, "")}=/engine`,
  ];
  cargo(["build", "--release"], {
    cwd: source,
    stdio: "inherit",
    env: {
      ...process.env,
      CARGO_TARGET_DIR: targetFolder,
      CARGO_ENCODED_RUSTFLAGS: flags.join("\u001f"),
    },
  });
  return readFileSync(join(targetFolder, TARGET, "release", "delchain_evm.wasm"));
}

/** Every crate that the artefact holds, with its licence, as their authors declare it. */
function thirdParties(): string {
  const args = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}: {l}"];
  const lines = cargo(args, { cwd: source, encoding: "utf8" }).split("\n");
  const crates = lines
    .map((line) => line.replace(" (*)", "").replace(" (proc-macro)", ""))
    .filter((line) => line !== "" && !line.startsWith("delchain-evm "));
  const head =
    "Compiled into engine.wasm; the sources, with their licence texts, are on crates.io.\n\n";
  return `${head}${[...new Set(crates)].sort().join("\n")}\n`;
}

function check(): void {
  const folder = mkdtempSync(join(tmpdir(), "delchain-evm-"));
  try {
    const built = sha256(buildEngine(folder));
    const kept = sha256(readFileSync(ENGINE_ARTEFACT));
    if (built !== kept) {
      throw new Error(
        `engine.wasm is ${kept}, its source builds ${built}: run "npm run build:evm" and commit`,
      );
    }
    process.stdout.write(`engine.wasm is what its source builds: ${built}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function build(): void {
  const artefact = buildEngine(
    process.env.CARGO_TARGET_DIR ?? join(tmpdir(), "delchain-evm-target"),
  );
  const record: EngineRecord = { artefact: sha256(artefact), source: hashEngineSource() };
  writeFileSync(ENGINE_ARTEFACT, artefact);
  writeFileSync(new URL("THIRD-PARTY", ENGINE_SOURCE), thirdParties());
  writeFileSync(ENGINE_RECORD, `${JSON.stringify(record, undefined, 2)}\n`);
  process.stdout.write(`engine.wasm: ${artefact.length} bytes, ${record.artefact}\n`);
}

if (process.argv.includes("--check")) check();
else build();
