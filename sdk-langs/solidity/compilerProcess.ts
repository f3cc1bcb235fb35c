import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Abi, Hex } from "viem";
import type {
  CompiledSolidity,
  CompilerAnswer,
  CompileSolidity,
  SolidityDebug,
  SolidityFunction,
  SolidityLink,
  SolidityMessage,
} from "./compile.ts";
import { type CompilerLayout, stripAstIds } from "./storageLayout.ts";

const ADDRESS_BYTES = 20;
/** PUSH20 of zeros, ADDRESS, EQ. */
const LIBRARY_START = `73${"00".repeat(ADDRESS_BYTES)}3014`;

// One compilation, asked for by the parent process; ends when it has answered.

type Selection = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Job = Omit<CompileSolidity, "options"> & {
  readonly settings: { readonly outputSelection: Selection };
};

type Gap = SolidityDebug["deployedGaps"][number];

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
            readonly storageLayout: CompilerLayout;
            readonly evm: {
              readonly bytecode: SolcCode;
              readonly deployedBytecode: SolcCode & {
                readonly immutableReferences?: Readonly<Record<string, readonly Range[]>>;
              };
            };
          }
        >
      >
    >
  >;
  readonly sources?: Readonly<Record<string, { readonly id: number; readonly ast: AstNode }>>;
};

type SolcCode = {
  /** Hex digits, with `__$…$__` where libraries are linked. */
  readonly object: string;
  readonly sourceMap: string;
  /** By file and library. */
  readonly linkReferences?: Readonly<Record<string, Readonly<Record<string, readonly Range[]>>>>;
};

type Range = { readonly start: number; readonly length: number };

type AstNode = {
  readonly nodeType?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly stateVariable?: boolean;
  readonly visibility?: string;
  /** Start, length and file, with colons between them. */
  readonly src?: string;
};

/** What lines and links are made of; none of it changes the code. */
const MORE_OUTPUTS = {
  "*": {
    "*": [
      "evm.bytecode.sourceMap",
      "evm.bytecode.linkReferences",
      "evm.deployedBytecode.object",
      "evm.deployedBytecode.sourceMap",
      "evm.deployedBytecode.linkReferences",
      "evm.deployedBytecode.immutableReferences",
    ],
    "": ["ast"],
  },
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
    settings: { ...settings, remappings, outputSelection: withMore(settings.outputSelection) },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: findImport }),
  ) as SolcOutput;
  const messages = messagesOf(output);
  if (messages.some(({ severity }) => severity === "error")) return refused(messages);
  const { fileIds, functions } = namesOf(output);
  return { contracts: contractsOf(output), sources, messages, fileIds, functions };
}

/** Of contracts that it could not make, solc tells a part. */
function refused(messages: readonly SolidityMessage[]): CompiledSolidity {
  return { contracts: [], sources: {}, messages, fileIds: {}, functions: [] };
}

function withMore(selection: Selection): Selection {
  const wanted = [...(selection["*"]?.["*"] ?? []), ...MORE_OUTPUTS["*"]["*"]];
  return { "*": { "*": wanted, "": MORE_OUTPUTS["*"][""] } };
}

/** What comes with this package is there for projects that have not linked it. */
const OWN = "@delchain/solidity/";

/** In the folder itself, or among the packages of it and of the folders above it, as Node looks for them. */
function readImport(root: string, name: string): string | undefined {
  if (name.startsWith(OWN)) return readText(join(import.meta.dirname, name.slice(OWN.length)));
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
    Object.entries(named).map(([name, { abi, evm, metadata, storageLayout }]) => ({
      file,
      name,
      abi,
      initCode: unlinked(evm.bytecode),
      links: linksOf(evm.bytecode),
      debug: {
        initMap: evm.bytecode.sourceMap,
        initGaps: linkGaps(evm.bytecode),
        deployed: unlinked(evm.deployedBytecode),
        deployedMap: evm.deployedBytecode.sourceMap,
        deployedGaps: [
          ...gapsOf(Object.values(evm.deployedBytecode.immutableReferences ?? {}).flat()),
          ...linkGaps(evm.deployedBytecode),
          ...ownAddress(evm.deployedBytecode),
        ],
      },
      storageLayout: stripAstIds(storageLayout),
      inputs: inputsOf(metadata),
    })),
  );
}

function unlinked({ object }: SolcCode): Hex {
  return `0x${object.replaceAll(/__\$[0-9a-f]{34}\$__/g, "0".repeat(2 * ADDRESS_BYTES))}`;
}

function linksOf({ linkReferences = {} }: SolcCode): readonly SolidityLink[] {
  return Object.entries(linkReferences).flatMap(([file, named]) =>
    Object.entries(named).map(([name, ranges]) => {
      return { file, name, starts: ranges.map(({ start }) => start) };
    }),
  );
}

function linkGaps({ linkReferences = {} }: SolcCode): readonly Gap[] {
  return gapsOf(Object.values(linkReferences).flatMap((named) => Object.values(named).flat()));
}

function gapsOf(ranges: readonly Range[]): readonly Gap[] {
  return ranges.map(({ start, length }): Gap => [start, length]);
}

/** A library's code begins with its own address, which its creation fills in (Solidity documentation, "Call Protection"). */
function ownAddress({ object }: SolcCode): readonly Gap[] {
  return object.startsWith(LIBRARY_START) ? [[1, ADDRESS_BYTES]] : [];
}

const FUNCTIONS: ReadonlySet<string> = new Set(["FunctionDefinition", "ModifierDefinition"]);

/** Files by solc's numbers, and what has a body: functions, modifiers, and the getters of public variables. */
function namesOf({ sources = {} }: SolcOutput): Pick<CompiledSolidity, "fileIds" | "functions"> {
  const functions: SolidityFunction[] = [];
  const visit = (file: string, node: AstNode): void => {
    const isGetter = node.stateVariable === true && node.visibility === "public";
    if (FUNCTIONS.has(node.nodeType ?? "") || isGetter) {
      const [start = 0, length = 0] = (node.src ?? "").split(":").map(Number);
      functions.push({ name: node.name || (node.kind ?? ""), file, start, end: start + length });
    }
    for (const child of Object.values(node)) {
      if (Array.isArray(child)) for (const one of child) visitChild(file, one);
      else visitChild(file, child);
    }
  };
  const visitChild = (file: string, child: unknown): void => {
    if (typeof child === "object" && child !== null) visit(file, child as AstNode);
  };
  for (const [file, { ast }] of Object.entries(sources)) visit(file, ast);
  const fileIds = Object.fromEntries(Object.entries(sources).map(([file, { id }]) => [id, file]));
  return { fileIds, functions };
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

/** Told of the contract and not of us: solc and the walk through its tree go down as deep as an expression does. */
const TOO_NESTED: SolidityMessage = {
  severity: "error",
  text: "an expression, or blocks within one another, go too deep for the compiler: a thousand operators in a row do; split it into several statements",
  at: undefined,
};

function isOutOfStack(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

function answer(message: CompilerAnswer): void {
  process.send?.(message, () => process.disconnect?.());
}

process.once("message", (job: Job) => {
  try {
    answer(compile(job));
  } catch (error) {
    answer(isOutOfStack(error) ? refused([TOO_NESTED]) : { error: String(error) });
  }
});
