// The few parts of AssemblyScript's compiler that the transform touches. Its own declarations would make its globals
// (`i32`, `abort`, `select`, …) known to every file of the project.

export type Range = { readonly start: number; readonly end: number };
export type Identifier = { readonly text: string };
export type Decorator = { readonly name: Identifier };

export type TypeNode = {
  readonly name?: { readonly identifier: Identifier };
  readonly typeArguments?: readonly TypeNode[] | null;
  readonly isNullable?: boolean;
  readonly range: Range;
};

export type Parameter = { readonly name: Identifier; readonly type: TypeNode };

export type Declaration = {
  readonly kind: number;
  readonly name: Identifier;
  readonly range: Range;
  decorators: Decorator[] | null;
  flags: number;
};

export type FieldDeclaration = Declaration & {
  readonly type: TypeNode | null;
  readonly initializer: object | null;
};

export type MethodDeclaration = Declaration & {
  readonly signature: {
    readonly parameters: readonly Parameter[];
    readonly returnType: TypeNode;
  };
  readonly body: { readonly range: Range } | null;
};

export type ClassDeclaration = Declaration & { members: Declaration[] };

export type Source = {
  readonly text: string;
  readonly normalizedPath: string;
  /** The path without its ending. */
  readonly internalPath: string;
  readonly isLibrary: boolean;
  readonly statements: Declaration[];
};

export type Tokenizer = { readonly source: Source };

export type Parser = {
  readonly sources: readonly Source[];
  currentSource: Source | null;
  parseFile(text: string, path: string, isEntry: boolean): void;
  parseClassMember(tokenizer: Tokenizer, parent: ClassDeclaration): Declaration | null;
  parseTopLevelStatement(tokenizer: Tokenizer): Declaration | null;
};

export type Compiler = {
  readonly NodeKind: {
    readonly ClassDeclaration: number;
    readonly FieldDeclaration: number;
    readonly FunctionDeclaration: number;
    readonly MethodDeclaration: number;
  };
  readonly CommonFlags: { readonly Abstract: number };
  readonly SourceKind: { readonly User: number };
  readonly Source: new (kind: number, path: string, text: string) => Source;
  readonly Tokenizer: new (source: Source) => Tokenizer;
};

// The name is not a literal, so that the type checker does not look for the declarations.
const COMPILER: string = "assemblyscript";

/** The compiler's own classes and constants. */
export const compiler: Compiler = (await import(COMPILER)) as Compiler;

export function hasDecorator(declaration: Declaration, name: string): boolean {
  return declaration.decorators?.some((decorator) => decorator.name.text === name) ?? false;
}

/** Takes our decorators off, which mean nothing to the compiler, or something else. */
export function dropDecorators(declaration: Declaration, names: readonly string[]): void {
  const left = declaration.decorators?.filter(({ name }) => !names.includes(name.text)) ?? [];
  declaration.decorators = left.length === 0 ? null : left;
}

/** An `Error` about a place of a contract: its message begins with file, line and column. */
export function errorAt(source: Source, { start }: Range, message: string): Error {
  const before = source.text.slice(0, start).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  const error = new Error(`${source.normalizedPath}:${before.length}:${column}: ${message}`);
  // The compiler shows the stack, which is the transform's own and helps no author of a contract.
  error.stack = error.message;
  return error;
}
