import { invalidModule } from "./invalidModule.ts";

export type LimitName = keyof ModuleLimits;

/** The most a module may have of each; a module over one is refused with its name, size and limit. */
export type ModuleLimits = {
  readonly moduleBytes: number;
  readonly instrumentedBytes: number;
  readonly types: number;
  /** Parameters and results of one function type, together. */
  readonly signatureValues: number;
  readonly imports: number;
  /** Imported ones included. */
  readonly functions: number;
  readonly tables: number;
  readonly tableElements: number;
  readonly memoryPages: number;
  readonly globals: number;
  readonly exports: number;
  readonly nameBytes: number;
  readonly elementSegments: number;
  readonly dataSegments: number;
  readonly functionBytes: number;
  /** Parameters included. */
  readonly locals: number;
  readonly nesting: number;
  readonly branchTargets: number;
  readonly frameBytes: number;
};

export const CONTRACT_LIMITS: ModuleLimits = {
  // Design, section 2. Ten times a large Rust contract; instrumented in about 50 ms.
  moduleBytes: 512 * 1024,
  // Design, section 2. Instrumentation makes contracts 1.4 to 2 times as large.
  instrumentedBytes: 1024 * 1024,
  // Real modules have some dozens; each costs two entries in the engine's process-wide type table.
  types: 1_000,
  // The engine takes 1,000 parameters; the widest signature a compiler writes for people has about 20.
  signatureValues: 128,
  // vm_hooks has 42 functions and nothing else may be imported.
  imports: 128,
  // 512 KiB hold about as many functions of 50 bytes.
  functions: 10_000,
  // Compilers write one; a second serves indirect calls by hand.
  tables: 8,
  // One entry a function is what a compiler needs; 8 bytes each in the engine.
  tableElements: 10_000,
  // 8 MiB a frame (Stylus has the same limit).
  memoryPages: 128,
  // Real modules have a dozen; each is 8 or 16 bytes in every instance.
  globals: 1_000,
  // Each exported function costs a wrapper and a JavaScript object in every instance.
  exports: 256,
  // No compiler writes a longer import or export name for a contract.
  nameBytes: 256,
  // Each is work at every instantiation.
  elementSegments: 256,
  dataSegments: 1_024,
  // The optimising compiler's time grows faster than a function does.
  functionBytes: 128 * 1024,
  // Each is zeroed at entry; the engine's own limit is 50,000.
  locals: 1_024,
  // A switch of n cases nests n blocks; the depth is recursion in some engines' validators.
  nesting: 1_024,
  // One entry a case.
  branchTargets: 4_096,
  // A sixteenth of a frame's stack: recursion stays possible with the largest function.
  frameBytes: 16 * 1024,
};

/** Throws `InvalidInput<InvalidModule>` that names limit, size, bound and place. */
export function checkLimit(
  limits: ModuleLimits,
  limit: LimitName,
  size: number,
  functionIndex?: number,
): void {
  const max = limits[limit];
  if (size <= max) return;
  const place = functionIndex === undefined ? "" : ` in function ${functionIndex}`;
  throw invalidModule(
    { code: "LIMIT_EXCEEDED", limit, size, max, functionIndex },
    `the module has ${size} ${LIMIT_TEXT[limit]}${place}; the limit is ${max}`,
  );
}

const LIMIT_TEXT: Readonly<Record<LimitName, string>> = {
  moduleBytes: "bytes",
  instrumentedBytes: "bytes after instrumentation",
  types: "function types",
  signatureValues: "parameters and results in one type",
  imports: "imports",
  functions: "functions",
  tables: "tables",
  tableElements: "elements in a table",
  memoryPages: "pages of memory (64 KiB each)",
  globals: "globals",
  exports: "exports",
  nameBytes: "bytes in a name",
  elementSegments: "element segments",
  dataSegments: "data segments",
  functionBytes: "bytes of code",
  locals: "parameters and locals",
  nesting: "blocks inside one another",
  branchTargets: "targets in a branch table",
  frameBytes: "bytes of stack frame",
};
