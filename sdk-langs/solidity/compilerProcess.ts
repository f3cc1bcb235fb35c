import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Abi, Hex } from "viem";
import type { CompilerAnswer, CompileSolidity, SolidityMessage } from "./compile.ts";

// One compilation, asked for by the parent process; ends when it has answered.

type Job = CompileSolidity & { readonly settings: object };

type Imported = { readonly contents: string } | { readonly error: string };

type Solc = {
  compile(input: string, callbacks: { import(name: string): Imported }): string;
};

type SolcOutput = {
  readonly errors?: readonly {
    readonly severity: SolidityMessage["severity"];
    readonly message: string;
    readonly sourceLocation?: SolidityMessage["at"];
  }[];
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly abi: Abi;
            /** JSON in a string; empty for interfaces. */
            readonly metadata: string;
            readonly evm: { readonly bytecode: { readonly object: string } };
          }
        >
      >
    >
  >;
};

function compile({ files, root, remappings = [], settings }: Job): CompilerAnswer {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const sources: Record<string, string> = { ...files };
  const findImport = (name: string): Imported => {
    const text = root === undefined ? undefined : readImport(root, name);
    if (text === undefined) return { error: missing(name) };
    sources[name] = text;
    return { contents: text };
  };
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, { content }]),
    ),
    settings: { ...settings, remappings },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: findImport }),
  ) as SolcOutput;
  return { contracts: contractsOf(output), sources, messages: messagesOf(output) };
}

/** In the folder itself, or among the packages of it and of the folders above it, as Node looks for them. */
function readImport(root: string, name: string): string | undefined {
  const own = readText(join(root, name));
  for (let folder = root; own === undefined; folder = dirname(folder)) {
    const text = readText(join(folder, "node_modules", name));
    if (text !== undefined) return text;
    if (folder === dirname(folder)) return undefined;
  }
  return own;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function missing(name: string): string {
  const [scope = "", second = ""] = name.split("/");
  const isPackage = name.startsWith("@") || (!name.startsWith(".") && second !== "");
  const installed = name.startsWith("@") ? `${scope}/${second}` : scope;
  const remedy = isPackage ? `. When it comes from a package: npm install ${installed}` : "";
  return `there is no file ${name} in the project or its node_modules${remedy}`;
}

function contractsOf({ contracts = {} }: SolcOutput) {
  return Object.entries(contracts).flatMap(([file, named]) =>
    Object.entries(named).map(([name, { abi, evm, metadata }]) => ({
      file,
      name,
      abi,
      initCode: `0x${evm.bytecode.object}` as Hex,
      inputs: inputsOf(metadata),
    })),
  );
}

function inputsOf(metadata: string): readonly string[] {
  if (metadata === "") return [];
  const { sources } = JSON.parse(metadata) as { readonly sources: object };
  return Object.keys(sources).sort();
}

function messagesOf({ errors = [] }: SolcOutput): readonly SolidityMessage[] {
  return errors.map(({ severity, message, sourceLocation }) => ({
    severity,
    text: message,
    at: sourceLocation,
  }));
}

function answer(message: CompilerAnswer): void {
  process.send?.(message, () => process.disconnect?.());
}

process.once("message", (job: Job) => {
  try {
    answer(compile(job));
  } catch (error) {
    answer({ error: String(error) });
  }
});
