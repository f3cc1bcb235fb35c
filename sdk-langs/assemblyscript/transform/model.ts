import {
  type Place,
  placeFields,
  readStorage,
  type Storage,
  type StoredClasses,
} from "./layout.ts";
import {
  type ClassDeclaration,
  compiler,
  errorAt,
  type FieldDeclaration,
  hasDecorator,
  type MethodDeclaration,
  type Parameter,
  type Source,
} from "./syntax.ts";
import { type AbiType, readType, type Structs, type Value } from "./types.ts";
import { refuseWritingView } from "./viewCheck.ts";

export type Method = {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The fields of the class that the method returns are its results. */
  readonly returnsFields: boolean;
  readonly mutability: "view" | "nonpayable" | "payable";
  readonly isGuarded: boolean;
};

export type Record = {
  readonly kind: "event" | "error";
  readonly name: string;
  readonly fields: readonly Value[];
};

/** A storage field with its place. */
export type Field = { readonly name: string; readonly storage: Storage; readonly place: Place };

export type Contract = {
  readonly name: string;
  readonly init: Method | undefined;
  readonly methods: readonly Method[];
  readonly fields: readonly Field[];
  /** Takes empty calldata, with value or without. */
  readonly receive: string | undefined;
  /** Takes what no method takes. */
  readonly fallback: { readonly name: string; readonly isPayable: boolean } | undefined;
};

/** What a contract's files declare for each other. */
export type Names = { readonly structs: Structs; readonly stored: StoredClasses };

/** What may stand over a method of a contract or of a `@remote` class. */
export const METHOD_DECORATORS: readonly string[] = [
  "external",
  "view",
  "payable",
  "nonreentrant",
  "init",
  "receive",
  "fallback",
];

export function isMethod(member: { readonly kind: number }): member is MethodDeclaration {
  return member.kind === compiler.NodeKind.MethodDeclaration;
}

function readValues(
  source: Source,
  { structs }: Names,
  where: string,
  parameters: readonly Parameter[],
): Value[] {
  return parameters.map(({ name, type }) => {
    const indexed = type.name?.identifier.text === "Indexed";
    const inner = indexed ? (type.typeArguments?.[0] ?? type) : type;
    return { name: name.text, type: readType(source, structs, inner, where), indexed };
  });
}

/** Reads a method's border. Throws an `Error` that names the place of a type that the ABI does not have. */
export function readMethod(source: Source, names: Names, member: MethodDeclaration): Method {
  const { parameters, returnType } = member.signature;
  const name = member.name.text;
  const isVoid = returnType.name?.identifier.text === "void";
  const type = isVoid ? undefined : readType(source, names.structs, returnType, name);
  const returnsFields = type?.kind === "struct" && type.isResults;
  return {
    name,
    inputs: readValues(source, names, name, parameters),
    outputs: outputsOf(type),
    returnsFields,
    mutability: hasDecorator(member, "view")
      ? "view"
      : hasDecorator(member, "payable")
        ? "payable"
        : "nonpayable",
    isGuarded: hasDecorator(member, "nonreentrant"),
  };
}

function outputsOf(type: AbiType | undefined): readonly Value[] {
  if (type === undefined) return [];
  if (type.kind === "struct" && type.isResults) return type.fields;
  return [{ name: "", type, indexed: false }];
}

/** Reads a `@contract` class. Throws an `Error` that names the place when something cannot be a contract's. */
export function readContract(
  source: Source,
  names: Names,
  declaration: ClassDeclaration,
): Contract {
  const methods = declaration.members.filter(isMethod);
  const marked = (name: string): MethodDeclaration[] =>
    methods.filter((member) => hasDecorator(member, name));
  const single = (name: string): MethodDeclaration | undefined => {
    const [first, second] = marked(name);
    if (second === undefined) return first;
    throw errorAt(source, second.range, `a contract has at most one @${name}`);
  };
  for (const member of [...marked("payable"), ...marked("nonreentrant")]) {
    if (["external", "init", "fallback"].some((name) => hasDecorator(member, name))) continue;
    const message = `${member.name.text} is not callable: a method wants @external beside @payable or @nonreentrant`;
    throw errorAt(source, member.range, message);
  }
  for (const view of marked("view")) refuseWritingView(source, view, methods);
  const init = single("init");
  const fallback = single("fallback");
  return {
    name: declaration.name.text,
    init: init && readMethod(source, names, init),
    methods: [...new Set([...marked("external"), ...marked("view")])]
      .sort((a, b) => methods.indexOf(a) - methods.indexOf(b))
      .map((member) => readMethod(source, names, member)),
    fields: readFields(source, names.stored, declaration),
    receive: single("receive")?.name.text,
    fallback: fallback && {
      name: fallback.name.text,
      isPayable: hasDecorator(fallback, "payable"),
    },
  };
}

/** The storage of a `@contract` or `@stored` class, with Solidity's places. */
export function readFields(
  source: Source,
  stored: StoredClasses,
  declaration: ClassDeclaration,
): readonly Field[] {
  const fields = declaration.members
    .filter((member) => member.kind === compiler.NodeKind.FieldDeclaration)
    .map((member) => {
      const { name, type, initializer, range } = member as FieldDeclaration;
      if (type === null || initializer !== null) {
        throw errorAt(
          source,
          range,
          `the field ${name.text} is storage: give it a type (Cell, List, Mapping) and no value, ` +
            "its slot is its place in the class",
        );
      }
      return { name: name.text, storage: readStorage(source, stored, type) };
    });
  const places = placeFields(fields.map(({ storage }) => storage));
  return fields.map((field, i) => ({ ...field, place: places[i] as Place }));
}

/** The fields of an `@event`, `@error`, `@struct` or `@results` class: its constructor's parameters. */
export function readParameters(
  source: Source,
  names: Names,
  declaration: ClassDeclaration,
): readonly Value[] {
  const written = declaration.members.filter(isMethod).find((m) => m.name.text === "constructor");
  return readValues(source, names, declaration.name.text, written?.signature.parameters ?? []);
}
