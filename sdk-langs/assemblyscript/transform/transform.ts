import { type AbiEntry, buildAbi } from "./abi.ts";
import { generateEntry, generateField, generateImports, generateRecord } from "./generate.ts";
import {
  type Contract,
  METHOD_DECORATORS,
  type Record,
  readContract,
  readRecord,
} from "./model.ts";
import {
  type ClassDeclaration,
  compiler,
  dropDecorators,
  hasDecorator,
  type Parser,
  type Source,
} from "./syntax.ts";

const CLASS_DECORATORS: readonly string[] = ["contract", "event", "error"];
const ENTRY_PATH = "__delchain_entry.ts";

/**
 * Turns a `@contract` class into a contract: gives its fields their storage slots, writes the dispatcher by Solidity's
 * selectors, gives `@event` and `@error` classes their encoding, and leaves the ABI in `abi` and in `NAME.abi.json`.
 */
export class ContractTransform {
  abi: readonly AbiEntry[] = [];
  /** The compiler's, which it sets on every transform. */
  declare readonly writeFile?: (name: string, contents: string, baseDir: string) => unknown;
  declare readonly baseDir?: string;

  /** AssemblyScript calls it when all files are parsed. Throws an `Error` that names what cannot be compiled. */
  afterParse(parser: Parser): void {
    const records: Record[] = [];
    let found: { readonly contract: Contract; readonly source: Source } | undefined;
    for (const source of [...parser.sources]) {
      if (source.isLibrary) continue;
      const classes = source.statements.filter(
        ({ kind }) => kind === compiler.NodeKind.ClassDeclaration,
      ) as ClassDeclaration[];
      let touched = false;
      for (const declaration of classes) {
        const kind = CLASS_DECORATORS.find((name) => hasDecorator(declaration, name));
        if (kind === undefined) continue;
        touched = true;
        dropDecorators(declaration, CLASS_DECORATORS);
        if (kind === "contract") {
          if (found !== undefined) throw new Error("a module is one contract: two @contract found");
          found = { contract: rewriteContract(parser, source, declaration), source };
        } else {
          records.push(rewriteRecord(parser, kind as Record["kind"], source, declaration));
        }
      }
      if (touched) addImports(parser, source);
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

function rewriteContract(parser: Parser, source: Source, declaration: ClassDeclaration): Contract {
  const contract = readContract(source, declaration);
  for (const member of declaration.members) dropDecorators(member, METHOD_DECORATORS);
  const fields = contract.fields.map((field, slot) =>
    parseMember(parser, source, declaration, generateField(field, slot)),
  );
  const others = declaration.members.filter(
    ({ kind }) => kind !== compiler.NodeKind.FieldDeclaration,
  );
  declaration.members = [...fields, ...others];
  return contract;
}

function rewriteRecord(
  parser: Parser,
  kind: Record["kind"],
  source: Source,
  declaration: ClassDeclaration,
): Record {
  const record = readRecord(kind, source, declaration);
  declaration.members = [
    ...declaration.members,
    parseMember(parser, source, declaration, generateRecord(record)),
  ];
  return record;
}

function parseMember(
  parser: Parser,
  file: Source,
  parent: ClassDeclaration,
  text: string,
): ClassDeclaration["members"][number] {
  // Under the file's own path, because the compiler looks up a node's file by it.
  const source = new compiler.Source(compiler.SourceKind.User, file.normalizedPath, text);
  const before = parser.currentSource;
  parser.currentSource = source;
  const member = parser.parseClassMember(new compiler.Tokenizer(source), parent);
  parser.currentSource = before;
  if (member === null) throw new Error(`the generated member does not parse: ${text}`);
  return member;
}

/** Generated members are compiled in the contract's own file, so what they name must be imported there. */
function addImports(parser: Parser, source: Source): void {
  const path = `${source.internalPath}~imports.ts`;
  parser.parseFile(generateImports(), path, false);
  const imports = parser.sources.find((one) => one.internalPath === path.slice(0, -3));
  if (imports === undefined) throw new Error("the generated imports do not parse");
  (source.statements as unknown[]).unshift(...imports.statements);
}
