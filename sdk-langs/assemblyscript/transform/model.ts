import {
  type ClassDeclaration,
  compiler,
  type FieldDeclaration,
  hasDecorator,
  type MethodDeclaration,
  type Parameter,
  type Source,
  type TypeNode,
} from "./syntax.ts";

/** A value that crosses the contract's border. */
export type Value = {
  readonly name: string;
  /** As written in AssemblyScript. */
  readonly language: string;
  /** In Solidity's ABI. */
  readonly solidity: string;
  readonly indexed: boolean;
};

export type Method = {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly output: Value | undefined;
  readonly mutability: "view" | "nonpayable" | "payable";
};

export type Record = {
  readonly kind: "event" | "error";
  readonly name: string;
  readonly fields: readonly Value[];
};

/** A storage field: its name and its type as written. */
export type Field = { readonly name: string; readonly type: string };

export type Contract = {
  readonly name: string;
  readonly init: Method | undefined;
  readonly methods: readonly Method[];
  readonly fields: readonly Field[];
  readonly hasReceive: string | undefined;
  readonly hasFallback: string | undefined;
};

const SOLIDITY_TYPES: Readonly<{ [language: string]: string }> = {
  u256: "uint256",
  u64: "uint64",
  u32: "uint32",
  u16: "uint16",
  u8: "uint8",
  bool: "bool",
  boolean: "bool",
  Address: "address",
  Bytes32: "bytes32",
  Bytes: "bytes",
  string: "string",
};

/** What may stand over a method of a contract. */
export const METHOD_DECORATORS: readonly string[] = [
  "external",
  "view",
  "payable",
  "init",
  "receive",
  "fallback",
];

export function textOf(source: Source, { range }: TypeNode): string {
  return source.text.slice(range.start, range.end);
}

function readValue(source: Source, where: string, name: string, type: TypeNode): Value {
  const indexed = type.name?.identifier.text === "Indexed";
  const inner = indexed ? (type.typeArguments?.[0] ?? type) : type;
  const language = textOf(source, inner);
  const solidity = SOLIDITY_TYPES[language];
  if (solidity === undefined) {
    throw new Error(
      `${source.internalPath}: ${where} uses ${language}, which Solidity's ABI has no word for here; ` +
        `use ${Object.keys(SOLIDITY_TYPES).join(", ")}`,
    );
  }
  return { name, language, solidity, indexed };
}

function readValues(source: Source, where: string, parameters: readonly Parameter[]): Value[] {
  return parameters.map(({ name, type }) => readValue(source, where, name.text, type));
}

function isMethod(member: { readonly kind: number }): member is MethodDeclaration {
  return member.kind === compiler.NodeKind.MethodDeclaration;
}

function methodOf(source: Source, member: MethodDeclaration): Method {
  const { parameters, returnType } = member.signature;
  const name = member.name.text;
  const isVoid = textOf(source, returnType) === "void";
  return {
    name,
    inputs: readValues(source, name, parameters),
    output: isVoid ? undefined : readValue(source, name, "", returnType),
    mutability: hasDecorator(member, "view")
      ? "view"
      : hasDecorator(member, "payable")
        ? "payable"
        : "nonpayable",
  };
}

/** Reads a `@contract` class. Throws an `Error` that names the place when something cannot be a contract's. */
export function readContract(source: Source, declaration: ClassDeclaration): Contract {
  const methods = declaration.members.filter(isMethod);
  const marked = (name: string): MethodDeclaration[] =>
    methods.filter((member) => hasDecorator(member, name));
  const single = (name: string): MethodDeclaration | undefined => {
    const [first, second] = marked(name);
    if (second === undefined) return first;
    throw new Error(`${source.internalPath}: a contract has at most one @${name}`);
  };
  const init = single("init");
  return {
    name: declaration.name.text,
    init: init && methodOf(source, init),
    methods: [...new Set([...marked("external"), ...marked("view")])]
      .sort((a, b) => methods.indexOf(a) - methods.indexOf(b))
      .map((member) => methodOf(source, member)),
    fields: declaration.members
      .filter((member) => member.kind === compiler.NodeKind.FieldDeclaration)
      .map((member) => readField(source, member as FieldDeclaration)),
    hasReceive: single("receive")?.name.text,
    hasFallback: single("fallback")?.name.text,
  };
}

function readField(source: Source, field: FieldDeclaration): Field {
  const name = field.name.text;
  if (field.type === null || field.initializer !== null) {
    throw new Error(
      `${source.internalPath}: the field ${name} is storage: give it a type (Cell, Mapping) and no value, ` +
        "its slot is its place in the class",
    );
  }
  return { name, type: textOf(source, field.type) };
}

/** Reads an `@event` or `@error` class: the parameters of its constructor are its fields. */
export function readRecord(
  kind: "event" | "error",
  source: Source,
  declaration: ClassDeclaration,
): Record {
  const name = declaration.name.text;
  const written = declaration.members.filter(isMethod).find((m) => m.name.text === "constructor");
  return {
    kind,
    name,
    fields: readValues(source, name, written?.signature.parameters ?? []),
  };
}
