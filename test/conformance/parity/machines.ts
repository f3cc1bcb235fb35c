import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileAssemblyScript } from "@delchain/assemblyscript";
import { compileC } from "@delchain/c";
import { type Address, CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import { decodeErrorResult, type Hex, parseAbi } from "viem";
import { compileProgram } from "../../../images/c/program.ts";
import { MemoryHost } from "../../../images/probe/memoryHost.ts";
import { unpackNode } from "../../../images/probe/nodeRoot.ts";
import { type PhpRoot, unpackPhp } from "../../../images/probe/phpRoot.ts";
import { ProgramUnderTest } from "../../../images/probe/program.ts";
import { Ledger } from "../ledger.ts";
import { compileSolidity } from "../solidity.ts";
import { ALICE, BOB } from "../tokenScenario.ts";

/** What a call came to, the same for every tier. */
export type Result = {
  readonly status: "success" | "revert" | "halt";
  readonly output: Hex;
  readonly logs: readonly { readonly topics: readonly string[]; readonly data: string }[];
};

export type Call = { readonly input: Hex; readonly sender?: Address; readonly value?: bigint };

/** A deployed contract in one language, with a state of its own. */
export type Machine = {
  readonly language: string;
  call(call: Call): Promise<Result>;
  /** Slots that are not zero, sorted. */
  storage(): readonly (readonly [slot: string, value: string])[];
  /** Begins anew with empty storage. */
  reset(): Promise<void>;
  stop(): Promise<void>;
};

/** A contract on the real executor, in the EVM or the WebAssembly tier. */
export function chainMachine(language: string, initCode: Hex): Machine {
  let ledger = new Ledger([ALICE, BOB]);
  let address = ledger.deploy(initCode, language);
  return {
    language,
    async call({ input, sender = ALICE, value = 0n }) {
      const outcome = ledger.send(sender, address, input, value);
      if (outcome.status !== "success" && outcome.status !== "revert") {
        return { status: "halt", output: "0x", logs: [] };
      }
      const logs = outcome.status === "success" ? outcome.logs : [];
      return {
        status: outcome.status,
        output: toHex(outcome.output),
        logs: logs.map(({ topics, data }) => ({ topics, data: toHex(data) })),
      };
    },
    storage: () =>
      (ledger.storage(address) as readonly { readonly slot: string; readonly value: string }[])
        .filter(({ value }) => BigInt(value) !== 0n)
        .map(({ slot, value }) => [slot, value] as const)
        .sort(bySlot),
    async reset() {
      ledger = new Ledger([ALICE, BOB]);
      address = ledger.deploy(initCode, language);
    },
    stop: async () => undefined,
  };
}

/** A program that speaks the container protocol, with the memory host as its other end. */
export async function programMachine(
  language: string,
  start: () => Promise<ProgramUnderTest>,
  release: () => Promise<void> = async () => undefined,
): Promise<Machine> {
  const program = await start();
  await program.next();
  let host = new MemoryHost();
  return {
    language,
    async call({ input, sender = ALICE, value = 0n }) {
      const call = { input: input.slice(2), sender: sender.slice(2), value };
      const { status, output, logs } = await host.call(program, call);
      await program.next();
      return {
        status,
        output: `0x${output}`,
        logs: logs.map(({ topics, data }) => ({
          topics: topics.map((topic) => `0x${topic}`),
          data: `0x${data}`,
        })),
      };
    },
    storage: () =>
      [...host.storage]
        .filter(([, value]) => BigInt(`0x${value}`) !== 0n)
        .map(([slot, value]) => [`0x${slot}`, `0x${value}`] as const)
        .sort(bySlot),
    async reset() {
      host = new MemoryHost();
    },
    async stop() {
      await program.stop();
      await release();
    },
  };
}

export function overSocket(command: readonly string[]): () => Promise<ProgramUnderTest> {
  return () => ProgramUnderTest.start(command, "unix");
}

function bySlot([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

export function solidityMachine(source: string, contract: string): Machine {
  const { bytecode } = compileSolidity({ "main.sol": source }, "main.sol", contract);
  return chainMachine("Solidity", bytecode as Hex);
}

export async function cMachine(source: string): Promise<Machine> {
  const module = await compileC({ main: "main.c", files: { "main.c": source } });
  return chainMachine("C (wasm)", toHex(encodeEnvelope(CODE_KINDS.wasm, module)));
}

export async function assemblyScriptMachine(source: string): Promise<Machine> {
  const { module } = await compileAssemblyScript({ main: "main.ts", files: { "main.ts": source } });
  return chainMachine("AssemblyScript", toHex(encodeEnvelope(CODE_KINDS.wasm, module)));
}

export async function cProgramMachine(source: string, isDebug = false): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-parity-c-"));
  const [file, program] = [join(folder, "main.c"), join(folder, "main")];
  await writeFile(file, source);
  await writeFile(program, await compileProgram(file, { isDebug }));
  await chmod(program, 0o755);
  return programMachine("C (container)", overSocket([program]), () =>
    rm(folder, { recursive: true }),
  );
}

/** The same source in the interpreter of the WebAssembly tier. */
export function phpWasmMachine(source: string): Machine {
  return chainMachine("PHP (wasm)", toHex(phpEnvelope(source)));
}

function phpEnvelope(source: string): Uint8Array {
  return encodeEnvelope(CODE_KINDS.php, new TextEncoder().encode(source));
}

export async function phpMachine(source: string): Promise<Machine> {
  const { root, release } = await phpPrograms({ "Main.php": source });
  return programMachine("PHP (container)", overSocket(root.command("Main.php")), release);
}

export async function nodeMachine(source: string): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-parity-node-"));
  const file = join(folder, "main.ts");
  await writeFile(file, source);
  const root = await unpackNode([pathToFileURL(file)]);
  const release = async (): Promise<void> => {
    await rm(folder, { recursive: true });
    await rm(root.folder, { recursive: true });
  };
  const start = () => ProgramUnderTest.start(root.command("main.ts"), "unix", "warm");
  return programMachine("TypeScript (container)", start, release);
}

/** The reason for which the WebAssembly tier refuses to deploy a contract in PHP. */
export function phpRefusal(source: string): string {
  const outcome = new Ledger([ALICE]).send(ALICE, undefined, toHex(phpEnvelope(source)));
  assert.ok(outcome.status === "revert", outcome.status);
  const abi = parseAbi(["error Error(string)"]);
  return decodeErrorResult({ abi, data: toHex(outcome.output) }).args[0];
}

/** What PHP writes about contracts that end before they say HELLO, by the names of their files. */
export async function phpErrors(
  sources: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { root, release } = await phpPrograms(sources);
  const errors: Record<string, string> = {};
  try {
    for (const name of Object.keys(sources)) {
      const program = await ProgramUnderTest.start(root.command(name), "stdio");
      assert.equal(await program.next(), "end", name);
      errors[name] = program.errors;
      await program.stop();
    }
    return errors;
  } finally {
    await release();
  }
}

async function phpPrograms(
  sources: Readonly<Record<string, string>>,
): Promise<{ readonly root: PhpRoot; readonly release: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-parity-php-"));
  const files = Object.keys(sources).map((name) => join(folder, name));
  await Promise.all(files.map((file) => writeFile(file, sources[basename(file)] ?? "")));
  const root = await unpackPhp(files.map((file) => pathToFileURL(file)));
  const release = async (): Promise<void> => {
    await rm(folder, { recursive: true });
    await rm(root.folder, { recursive: true });
  };
  return { root, release };
}
