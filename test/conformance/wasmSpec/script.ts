import { InvalidInput } from "../../../runtime/types/errors.ts";
import { checkReserved } from "../../../runtime/wasm/instrument/boundary.ts";
import { instrument } from "../../../runtime/wasm/instrument/instrument.ts";
import type { InvalidModule } from "../../../runtime/wasm/instrument/invalidModule.ts";
import { CONTRACT_LIMITS, type ModuleLimits } from "../../../runtime/wasm/instrument/limits.ts";
import { FAULTS, METER_EXPORTS } from "../../../runtime/wasm/instrument/meterNames.ts";
import type { InstrumentPolicy } from "../../../runtime/wasm/instrument/policy.ts";
import { STACK_BYTES_PER_FRAME } from "../../../runtime/wasm/limits.ts";
import { WEIGHTS } from "../../../runtime/wasm/weights.ts";
import { adapt, isCarried } from "./adapters.ts";
import { type Action, binaryFile, type Command, type Value } from "./commands.ts";
import { type Lowered, lower, loweredCount, matches, matchesGlobal } from "./values.ts";

// What the suite needs beyond a contract: it links modules with one another and tests sizes to the brim.
const SUITE_LIMITS: ModuleLimits = {
  ...CONTRACT_LIMITS,
  moduleBytes: 1 << 24,
  instrumentedBytes: 1 << 24,
  memoryPages: 65_536,
  tableElements: 10_000_000,
  tables: 100,
  exports: 1_000,
  branchTargets: 100_000,
  functionBytes: 1 << 24,
  nameBytes: 10_000,
  locals: 10_000,
  frameBytes: 128 * 1024,
};

const SUITE_POLICY: InstrumentPolicy = {
  limits: SUITE_LIMITS,
  weights: WEIGHTS,
  transactionPages: 65_536,
  checkBoundary: ({ exports }) => {
    for (const { name } of exports) checkReserved(new TextDecoder().decode(name));
  },
};

const PLENTY_OF_INK = 2 ** 52;

type Exports = Record<string, WebAssembly.ExportValue>;

/** How one command went. `refused` and `skipped` carry the rule that kept it from being judged. */
export type Verdict =
  | { readonly status: "pass" }
  | { readonly status: "fail"; readonly reason: string }
  | { readonly status: "refused"; readonly rule: string }
  | { readonly status: "skipped"; readonly reason: string };

const PASS: Verdict = { status: "pass" };

/** Names the rule that refused a module. */
export function ruleName(facts: InvalidModule): string {
  if (facts.code === "FEATURE_REFUSED") return `${facts.code} ${facts.feature}`;
  if (facts.code === "OPCODE_REFUSED") return `${facts.code} ${facts.opcode}`;
  if (facts.code === "LIMIT_EXCEEDED") return `${facts.code} ${facts.limit}`;
  return facts.code;
}

function asRefusal(error: unknown): InvalidModule | undefined {
  return error instanceof InvalidInput ? (error.facts as InvalidModule) : undefined;
}

class DependsOnRefused extends Error {}

/** Runs one test script, every module of it instrumented. */
export class Script {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #named = new Map<string, Exports | undefined>();
  readonly #registered = new Map<string, Exports | undefined>([["spectest", spectest()]]);
  readonly #definitions = new Map<string, string>();
  #current: Exports | undefined;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  /** `undefined` for a command that says nothing about the engine. */
  run(command: Command): Verdict | undefined {
    switch (command.type) {
      case "module":
        return this.#define(binaryFile(command), command.name);
      case "module_definition":
        this.#definitions.set(command.name ?? "", binaryFile(command) ?? "");
        return undefined;
      case "module_instance":
        return this.#define(this.#definitions.get(command.module ?? ""), command.instance);
      case "register":
        this.#registered.set(command.as ?? "", this.#instance(command.name));
        return undefined;
      case "action":
      case "assert_return":
        return this.#checkReturn(command.action as Action, command.expected ?? []);
      case "assert_trap":
      case "assert_exhaustion":
        return this.#checkTrap(command.action as Action, command.type === "assert_exhaustion");
      case "assert_invalid":
      case "assert_malformed":
        return this.#checkRefused(binaryFile(command));
      case "assert_unlinkable":
      case "assert_uninstantiable":
        return this.#checkNotInstantiated(binaryFile(command));
      case "assert_exception":
        return { status: "skipped", reason: "exceptions" };
      default:
        return { status: "fail", reason: `unknown command ${command.type}` };
    }
  }

  #define(file: string | undefined, name: string | undefined): Verdict {
    if (file === undefined) return { status: "skipped", reason: "module in the text format" };
    let verdict: Verdict = PASS;
    this.#current = undefined;
    try {
      this.#current = this.#instantiate(file);
    } catch (error) {
      const facts = asRefusal(error);
      if (facts) verdict = refusal(facts);
      else if (error instanceof DependsOnRefused) verdict = DEPENDENT;
      else verdict = { status: "fail", reason: String(error) };
    }
    if (name !== undefined) this.#named.set(name, this.#current);
    return verdict;
  }

  #instance(name: string | undefined): Exports | undefined {
    return name === undefined ? this.#current : this.#named.get(name);
  }

  #instantiate(file: string): Exports {
    const bytes = this.#files.get(file);
    if (bytes === undefined) throw new Error(`the archive has no ${file}`);
    const instrumented = instrument(bytes, SUITE_POLICY);
    const module = new WebAssembly.Module(instrumented as Uint8Array<ArrayBuffer>);
    const imports: Record<string, Exports> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (this.#registered.has(from) && this.#registered.get(from) === undefined) {
        throw new DependsOnRefused(from);
      }
      const value = this.#registered.get(from)?.[name];
      if (value === undefined) throw new WebAssembly.LinkError(`unknown import ${from}.${name}`);
      imports[from] = { ...imports[from], [name]: value };
    }
    const exports = new WebAssembly.Instance(module, imports).exports as Exports;
    refill(exports);
    const start = exports[METER_EXPORTS.start];
    if (typeof start === "function") start();
    return exports;
  }

  #checkReturn(action: Action, expected: readonly Value[]): Verdict {
    const exports = this.#instance(action.module);
    if (exports === undefined) return NO_MODULE;
    try {
      if (action.type === "get") {
        const [wanted] = expected;
        const value = (exports[action.field] as WebAssembly.Global).value;
        return wanted === undefined || matchesGlobal(wanted, value) ? PASS : failed(String(value));
      }
      // "Some null" is the null of either kind of reference.
      const types = ["externref", "funcref"]
        .map((nullType) => expected.map((value) => resultType(value, nullType)))
        .find((candidate) => isCarried(candidate) && canAdapt(exports, action, candidate));
      if (types === undefined) return failed("no adapter fits");
      const got = invoke(exports, action, types);
      const groups = group(got, types);
      const isRight = expected.every((value, i) => matches(value, groups[i] ?? []));
      return isRight ? PASS : failed(`gave ${got.map(String)}`);
    } catch (error) {
      return failed(String(error));
    }
  }

  #checkTrap(action: Action, isExhaustion: boolean): Verdict {
    const exports = this.#instance(action.module);
    if (exports === undefined) return NO_MODULE;
    try {
      // The suite does not say what a function that traps would have given.
      const results = POSSIBLE_RESULTS.find((types) => canAdapt(exports, action, types));
      if (results === undefined) return failed("no adapter fits");
      invoke(exports, action, results);
      return failed("did not trap");
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) return failed(String(error));
      const fault = (exports[METER_EXPORTS.fault] as WebAssembly.Global).value;
      if (fault === FAULTS.gas || fault === FAULTS.engine) return failed(`fault ${fault}`);
      if (isExhaustion && fault !== FAULTS.stack) return failed("not stopped by the stack limit");
      return PASS;
    }
  }

  #checkRefused(file: string | undefined): Verdict {
    if (file === undefined) return { status: "skipped", reason: "module in the text format" };
    const bytes = this.#files.get(file);
    if (bytes === undefined) return failed(`the archive has no ${file}`);
    try {
      instrument(bytes, SUITE_POLICY);
      return failed("was accepted");
    } catch (error) {
      return asRefusal(error) ? PASS : failed(String(error));
    }
  }

  #checkNotInstantiated(file: string | undefined): Verdict {
    if (file === undefined) return { status: "skipped", reason: "module in the text format" };
    try {
      this.#instantiate(file);
      return failed("was instantiated");
    } catch (error) {
      const facts = asRefusal(error);
      if (facts) return refusal(facts);
      if (error instanceof DependsOnRefused) return DEPENDENT;
      const isEngines =
        error instanceof WebAssembly.LinkError || error instanceof WebAssembly.RuntimeError;
      return isEngines ? PASS : failed(String(error));
    }
  }
}

const NO_MODULE: Verdict = { status: "skipped", reason: "its module was refused" };
const DEPENDENT: Verdict = { status: "skipped", reason: "imports from a refused module" };

const POSSIBLE_RESULTS: readonly (readonly string[])[] = [
  [],
  ...["i32", "i64", "f32", "f64", "v128", "externref", "funcref"].map((type) => [type]),
  ["i32", "i32"],
  ["i32", "i64"],
  ["i64", "i32"],
];

/** The suite's modules are well-formed and valid: a refusal must name a feature, an opcode or a limit. */
function refusal(facts: InvalidModule): Verdict {
  const rule = ruleName(facts);
  const isByRule = facts.code.endsWith("_REFUSED") || facts.code === "LIMIT_EXCEEDED";
  return isByRule ? { status: "refused", rule } : failed(rule);
}

function failed(reason: string): Verdict {
  return { status: "fail", reason };
}

function resultType(value: Value, nullType: string): string {
  if (value.type === "either") return value.values?.[0]?.type ?? "";
  return value.type === "refnull" ? nullType : value.type;
}

function refill(exports: Exports): void {
  (exports[METER_EXPORTS.gas] as WebAssembly.Global).value = PLENTY_OF_INK;
  (exports[METER_EXPORTS.stack] as WebAssembly.Global).value = STACK_BYTES_PER_FRAME;
  (exports[METER_EXPORTS.fault] as WebAssembly.Global).value = FAULTS.none;
}

function parameterTypes(action: Action): readonly string[] {
  return (action.args ?? []).map(({ type }) => type);
}

function canAdapt(exports: Exports, action: Action, results: readonly string[]): boolean {
  try {
    adapt(exports[action.field], parameterTypes(action), results);
    return true;
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) return false;
    throw error;
  }
}

function invoke(exports: Exports, action: Action, results: readonly string[]): readonly Lowered[] {
  const call = adapt(exports[action.field], parameterTypes(action), results);
  refill(exports);
  const got = call(...(action.args ?? []).flatMap(lower));
  const count = results.reduce((sum, type) => sum + loweredCount(type), 0);
  if (count === 0) return [];
  return count === 1 ? [got as Lowered] : [...(got as Iterable<Lowered>)];
}

function group(got: readonly Lowered[], types: readonly string[]): readonly (readonly Lowered[])[] {
  let at = 0;
  return types.map((type) => {
    const start = at;
    at += loweredCount(type);
    return got.slice(start, at);
  });
}

/** The module that the suite's scripts import from (`spectest` of the reference interpreter). */
function spectest(): Exports {
  const print = (): void => undefined;
  const constant = (value: WebAssembly.ValueType, v: number | bigint): WebAssembly.Global =>
    new WebAssembly.Global({ value, mutable: false }, v);
  return {
    print,
    print_i32: print,
    print_i64: print,
    print_f32: print,
    print_f64: print,
    print_i32_f32: print,
    print_f64_f64: print,
    global_i32: constant("i32", 666),
    global_i64: constant("i64", 666n),
    global_f32: constant("f32", 666.6),
    global_f64: constant("f64", 666.6),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: "anyfunc" }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
  };
}
