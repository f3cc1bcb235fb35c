import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import {
  CODE_KINDS,
  EMPTY_BYTES,
  encodeEnvelope,
  fromHex,
  InvalidInput,
  Unavailable,
} from "@delchain/runtime";
import {
  compileRust,
  exportInterface,
  foundCargo,
  lockedCrates,
  RUST_FLAGS,
  wantedRust,
} from "@delchain/rust";
import { compileSolidity } from "@delchain/solidity";
import { type Abi, toFunctionSelector } from "viem";
import { CompileFailed, parseRustc } from "../diagnostic.ts";
import { readInputText, readSource } from "../input.ts";
import { dwarfLines } from "../lines/dwarfLines.ts";
import { npmTools } from "../npmTools.ts";
import type { CompileRequest, CompileResult, Toolchain, Tools } from "../toolchain.ts";

/** Rust by cargo and the unmodified stylus-sdk; a contract is a package with its `Cargo.toml`. */
export const rust: Toolchain = {
  language: "rust",
  tier: "wasm",
  endings: [".rs", ".toml", ".lock"],
  isContract: (path, text) => path.endsWith("Cargo.toml") && /^stylus-sdk\b/m.test(text),
  tools,
  flags: () => RUST_FLAGS,
  units: (sources) => sources.map((source) => [source]),
  compile,
};

async function tools(root: string): Promise<Tools> {
  for (const file of ["rust-toolchain.toml", "Cargo.lock"]) {
    if (existsSync(join(root, file))) continue;
    throw new InvalidInput(
      { code: "RUST_PROJECT", file },
      `${join(root, file)} is missing: it pins what the contract is built by, so that others get the same bytes`,
    );
  }
  const wanted = wantedRust(root);
  const found = await foundCargo(root);
  if (found !== wanted) {
    throw new Unavailable(
      "cargo",
      `cargo ${wanted} is missing (this machine's is ${found ?? "none"}); rustup installs what rust-toolchain.toml names: https://rustup.rs`,
    );
  }
  // The interface that stylus-sdk prints is Solidity, which solc turns into the ABI.
  return { rustc: wanted, ...lockedCrates(root, ["stylus-sdk"]), ...npmTools("solc") };
}

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [manifest = ""] = sources;
  const folder = join(root, dirname(manifest));
  const inputs = inputsOf(root, manifest);
  progress("cargo: the contract (the first build compiles stylus-sdk, which takes minutes)");
  try {
    const built = await compileRust(folder, true);
    // The name that compileRust gives the folder.
    const { module, lines } = dwarfLines(
      built,
      (path) => inputs.find((input) => path === `/contract/${relative(dirname(manifest), input)}`),
      (file, line) => !GENERATED.test(readInputText(root, file)?.split("\n")[line - 1] ?? ""),
    );
    progress("cargo: its interface");
    const exported = await exportInterface(folder);
    const texts = inputs
      .filter((path) => path.endsWith(".rs"))
      .map((path) => readSource(root, path));
    return {
      contracts: [
        {
          name: contractName(texts),
          source: inputs.find((path) => path.endsWith("lib.rs")) ?? manifest,
          code: encodeEnvelope(CODE_KINDS.wasm, module, constructorCall(exported.creation)),
          abi: await abiOf(exported, eventsOf(texts)),
          lines,
          inputs,
        },
      ],
      warnings: [],
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CompileFailed(parseRustc(error.message, (file) => readInputText(root, file)));
  }
}

/**
 * Attributes and macros of stylus-sdk, whose code has their line, and first and last lines of functions, which have the
 * code that drops values at the end: a failure that `?` passes on would seem to lie there.
 */
const GENERATED = /^\s*(?:\}|#\[|sol!|sol_storage!|sol_interface!|(?:pub\b.*\s)?fn\b.*[{(,]\s*$)/;

/**
 * Nothing appended runs nothing, so that the constructor of stylus-sdk that takes no arguments is called by name: the
 * selector of `stylus_constructor()` (runtime/wasm/constructorCall.ts).
 */
function constructorCall(creation: string): Uint8Array {
  const takesNothing = /^constructor\(\s*\)/.test(creation.trim());
  return takesNothing ? fromHex(toFunctionSelector("stylus_constructor()")) : EMPTY_BYTES;
}

/** All that cargo reads of the package, in the project. */
function inputsOf(root: string, manifest: string): readonly string[] {
  const folder = dirname(manifest);
  const named = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"];
  const sources = readdirSync(join(root, folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".rs"))
    .map((path) => `src/${path.replaceAll("\\", "/")}`);
  return [...named, ...sources].sort().map((path) => (folder === "." ? path : `${folder}/${path}`));
}

/** The struct that stylus-sdk makes the entry point. */
function contractName(texts: readonly string[]): string {
  const entry = /#\[entrypoint\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?struct\s+(\w+)/;
  const name = texts.map((text) => entry.exec(text)?.[1]).find((found) => found !== undefined);
  if (name === undefined)
    throw new Error("error: no struct has #[entrypoint]\n --> src/lib.rs:1:1");
  return name;
}

/** Events are not part of the interface that stylus-sdk prints; they stand in `sol!`, in Solidity already. */
function eventsOf(texts: readonly string[]): readonly string[] {
  const blocks = texts.flatMap((text) => [...text.matchAll(/\bsol!\s*\{([\s\S]*?)\n\}/g)]);
  return blocks.flatMap(([, body = ""]) => body.match(/\bevent\s+\w+\s*\([^;]*;/g) ?? []);
}

async function abiOf(
  { methods, creation }: { readonly methods: string; readonly creation: string },
  events: readonly string[],
): Promise<Abi> {
  const file = "Interface.sol";
  const end = methods.lastIndexOf("}");
  const text = `${methods.slice(0, end)}\n${events.join("\n")}\n}\n`;
  const made = creation.trim() === "" ? "" : `\ncontract Constructed { ${creation} {} }`;
  const { contracts } = await compileSolidity({ files: { [file]: `${text}${made}` } });
  return contracts.flatMap(({ abi }) => abi) as unknown as Abi;
}
