import type { FunctionType } from "./valueTypes.ts";

/** Sizes of a memory or a table. */
export type SizeRange = { readonly min: number; readonly max: number | undefined };

export type Table = { readonly type: number; readonly size: SizeRange };

export type ImportKind =
  | { readonly kind: "function"; readonly type: number }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "memory"; readonly size: SizeRange }
  | { readonly kind: "global"; readonly type: number; readonly mutable: boolean };

export type Import = {
  readonly module: Uint8Array;
  readonly name: Uint8Array;
  readonly what: ImportKind;
};

/** Bytes of a constant expression with its `end`; function indices in it are already the new ones. */
export type ConstantExpression = Uint8Array;

export type Global = {
  readonly type: number;
  readonly mutable: boolean;
  readonly init: ConstantExpression;
};

export type ExportKind = "function" | "table" | "memory" | "global";

export type Export = {
  readonly name: Uint8Array;
  readonly kind: ExportKind;
  readonly index: number;
};

/** One function's code: where it lies in the module, after its size. */
export type CodeRange = { readonly start: number; readonly end: number };

/** A module taken apart. Imported functions, tables and memories stand first in their lists. */
export type ModuleParts = {
  readonly bytes: Uint8Array;
  readonly types: readonly FunctionType[];
  readonly imports: readonly Import[];
  /** Type index of every function. */
  readonly functions: readonly number[];
  readonly importedFunctions: number;
  readonly tables: readonly Table[];
  readonly importedTables: number;
  readonly memories: readonly SizeRange[];
  readonly importedMemories: number;
  /** Value type of every global, imported ones first. */
  readonly globalTypes: readonly number[];
  readonly globals: readonly Global[];
  readonly exports: readonly Export[];
  readonly start: number | undefined;
  /** Encoded element segments. */
  readonly elements: readonly Uint8Array[];
  readonly dataCount: number | undefined;
  /** The data section's bytes as they were; they hold no index that moves. */
  readonly data: Uint8Array | undefined;
  readonly code: readonly CodeRange[];
};
