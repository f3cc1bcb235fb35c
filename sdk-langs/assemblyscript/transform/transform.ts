import type { AscFunction } from "../compile.ts";
import { type AbiEntry, buildAbi } from "./abi.ts";
import { Codec } from "./codec.ts";
import {
  generateEntry,
  generateField,
  generateImports,
  generateInvocation,
  generateRecord,
  generateRemote,
  generateStored,
  generateStruct,
} from "./generate.ts";
import { slotsOf } from "./layout.ts";
import {
  type Contract,
  isMethod,
  METHOD_DECORATORS,
  type Names,
  type Record,
  readContract,
  readFields,
  readMethod,
  readParameters,
} from "./model.ts";
import {
  type ClassDeclaration,
  compiler,
  type Declaration,
  dropDecorators,
  errorAt,
  hasDecorator,
  type Parser,
  type Source,
} from "./syntax.ts";
import type { AbiType } from "./types.ts";

const CLASS_DECORATORS = [
  "contract",
  "event",
  "error",
  "struct",
  "results",
  "stored",
  "remote",
] as const;
const ENTRY_PATH = "__delchain_entry.ts";

/** A class that the transform changes. */
type Marked = {
  readonly kind: (typeof CLASS_DECORATORS)[number];
  readonly source: Source;
  readonly declaration: ClassDeclaration;
};

/**
 * Turns a `@contract` class into a contract: gives its fields their storage slots, writes the dispatcher by Solidity's
 * selectors, gives `@event`, `@error`, `@struct` and `@remote` classes their encoding, and leaves the ABI in `abi` and in
 * `NAME.abi.json`.
 */
export class ContractTransform {
  abi: readonly AbiEntry[] = [];
  /** What the sources have, before anything is generated. */
  functions: readonly AscFunction[] = [];
  /** The compiler's, which it sets on every transform. */
  declare readonly writeFile?: (name: string, contents: string, baseDir: string) => unknown;
  declare readonly baseDir?: string;

  /** AssemblyScript calls it when all files are parsed. Throws an `Error` that names what cannot be compiled. */
  afterParse(parser: Parser): void {
    this.functions = functionsOf(parser);
    const marked = markedClasses(parser);
    const names = namesOf(marked);
    const records: Record[] = [];
    let found: { readonly contract: Contract; readonly source: Source } | undefined;
    for (const source of new Set(marked.map((one) => one.source))) {
      const codec = new Codec();
      const functions: string[] = [];
      for (const one of marked.filter((other) => other.source === source)) {
        if (one.kind === "contract") {
          if (found !== undefined) {
            throw errorAt(
              source,
              one.declaration.range,
              "a module is one contract: two @contract found",
            );
          }
          const contract = rewriteContract(parser, names, one);
          found = { contract, source };
          for (const method of [...(contract.init ? [contract.init] : []), ...contract.methods]) {
            functions.push(generateInvocation(contract.name, method, codec));
          }
        } else if (one.kind === "event" || one.kind === "error") {
          const { name } = one.declaration;
          const record = {
            kind: one.kind,
            name: name.text,
            fields: readParameters(source, names, one.declaration),
          };
          records.push(record);
          addMembers(parser, one, [placed(one, () => generateRecord(record, codec))]);
        } else {
          rewriteOther(parser, names, one, codec);
        }
      }
      addStatements(parser, source, [...functions, ...codec.functions]);
    }
    if (found === undefined) throw new Error("no class is marked @contract");
    const { contract, source } = found;
    const importPath = `./${source.internalPath.split("/").pop()}`;
    const folder = source.internalPath.split("/").slice(0, -1);
    parser.parseFile(generateEntry(contract, importPath), [...folder, ENTRY_PATH].join("/"), true);
    this.abi = buildAbi(contract, records);
    const text = `${JSON.stringify(this.abi, undefined, 2)}\n`;
    this.writeFile?.(`${contract.name}.abi.json`, text, this.baseDir ?? ".");
  }
}

function functionsOf(parser: Parser): readonly AscFunction[] {
  const { ClassDeclaration: aClass, FunctionDeclaration, MethodDeclaration } = compiler.NodeKind;
  return parser.sources
    .filter((source) => !source.isLibrary)
    .flatMap((source) => {
      const { text, statements, normalizedPath: file } = source;
      const lineOf = (at: number): number => text.slice(0, at).split("\n").length;
      return statements
        .flatMap((one) => (one.kind === aClass ? (one as ClassDeclaration).members : [one]))
        .filter(({ kind }) => kind === FunctionDeclaration || kind === MethodDeclaration)
        .map(({ name, range }) => {
          const lastLine = lineOf(range.end);
          return { name: name.text, file, line: lineOf(range.start), lastLine };
        });
    });
}

function markedClasses(parser: Parser): readonly Marked[] {
  return parser.sources
    .filter((source) => !source.isLibrary)
    .flatMap((source) =>
      source.statements
        .filter(({ kind }) => kind === compiler.NodeKind.ClassDeclaration)
        .flatMap((statement) => {
          const declaration = statement as ClassDeclaration;
          const kind = CLASS_DECORATORS.find((name) => hasDecorator(declaration, name));
          if (kind === undefined) return [];
          dropDecorators(declaration, CLASS_DECORATORS);
          return [{ kind, source, declaration }];
        }),
    );
}

/** Classes are known by name in all files; they are read once, when a type names them. */
function namesOf(marked: readonly Marked[]): Names {
  const structs = new Map<string, () => AbiType>();
  const stored = new Map<string, () => number>();
  const names: Names = { structs, stored };
  const open = new Set<string>();
  const once = <T>({ source, declaration }: Marked, read: () => T): (() => T) => {
    const name = declaration.name.text;
    let known: { readonly value: T } | undefined;
    return () => {
      if (known !== undefined) return known.value;
      if (open.has(name)) throw errorAt(source, declaration.range, `${name} contains itself`);
      open.add(name);
      known = { value: read() };
      open.delete(name);
      return known.value;
    };
  };
  for (const one of marked) {
    const { kind, source, declaration } = one;
    const name = declaration.name.text;
    if (kind === "struct" || kind === "results") {
      structs.set(
        name,
        once(one, () => ({
          kind: "struct",
          language: name,
          fields: readParameters(source, names, declaration),
          isResults: kind === "results",
        })),
      );
    } else if (kind === "stored") {
      stored.set(
        name,
        once(one, () =>
          slotsOf(readFields(source, stored, declaration).map(({ storage }) => storage)),
        ),
      );
    }
  }
  // Classes are rewritten one after the other, and a rewritten one cannot be read.
  for (const slots of stored.values()) slots();
  return names;
}

function rewriteContract(parser: Parser, names: Names, one: Marked): Contract {
  const { source, declaration } = one;
  const contract = readContract(source, names, declaration);
  for (const member of declaration.members) dropDecorators(member, METHOD_DECORATORS);
  const fields = contract.fields.map((field) => generateField(field));
  declaration.members = declaration.members.filter(
    ({ kind }) => kind !== compiler.NodeKind.FieldDeclaration,
  );
  addMembers(parser, one, fields, true);
  return contract;
}

function rewriteOther(parser: Parser, names: Names, one: Marked, codec: Codec): void {
  const { kind, source, declaration } = one;
  const name = declaration.name.text;
  if (kind === "stored") {
    const fields = readFields(source, names.stored, declaration);
    const slots = slotsOf(fields.map(({ storage }) => storage));
    declaration.members = declaration.members.filter(isMethod);
    addMembers(parser, one, generateStored(fields, slots), true);
  } else if (kind === "remote") {
    const methods = declaration.members
      .filter(isMethod)
      .map((member) => readMethod(source, names, member));
    declaration.flags &= ~compiler.CommonFlags.Abstract;
    declaration.members = [];
    const members = placed(one, () => methods.flatMap((method) => generateRemote(method, codec)));
    addMembers(parser, one, ["constructor(readonly address: __abi_Address) {}", ...members]);
  } else {
    const fields = readParameters(source, names, declaration);
    addMembers(parser, one, generateStruct(name, fields, codec));
  }
}

/** What is wrong with a class as a whole is reported where the class is. */
function placed<T>({ source, declaration }: Marked, generate: () => T): T {
  try {
    return generate();
  } catch (error) {
    throw errorAt(source, declaration.range, (error as Error).message);
  }
}

function addMembers(parser: Parser, one: Marked, texts: readonly string[], first = false): void {
  const { source, declaration } = one;
  const members = texts.map((text) =>
    parse(parser, source, text, (tokenizer) => parser.parseClassMember(tokenizer, declaration)),
  );
  declaration.members = first
    ? [...members, ...declaration.members]
    : [...declaration.members, ...members];
}

function parse(
  parser: Parser,
  file: Source,
  text: string,
  read: (tokenizer: InstanceType<typeof compiler.Tokenizer>) => Declaration | null,
): Declaration {
  // Under the file's own path, because the compiler looks up a node's file by it.
  const source = new compiler.Source(compiler.SourceKind.User, file.normalizedPath, text);
  const before = parser.currentSource;
  parser.currentSource = source;
  const declaration = read(new compiler.Tokenizer(source));
  parser.currentSource = before;
  if (declaration === null) throw new Error(`the generated code does not parse: ${text}`);
  return declaration;
}

/** Generated code is compiled in the contract's own file, so what it names must be imported there. */
function addStatements(parser: Parser, source: Source, functions: readonly string[]): void {
  const path = `${source.internalPath}~imports.ts`;
  parser.parseFile(generateImports(), path, false);
  const imports = parser.sources.find((one) => one.internalPath === path.slice(0, -3));
  if (imports === undefined) throw new Error("the generated imports do not parse");
  source.statements.unshift(...imports.statements);
  for (const text of functions) {
    source.statements.push(
      parse(parser, source, text, (tokenizer) => parser.parseTopLevelStatement(tokenizer)),
    );
  }
}
