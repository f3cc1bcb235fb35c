import {
  DEFAULT_REMEDY,
  RANDOM_REMEDY,
  REMEDIES,
  refusal,
  TIME_REMEDY,
} from "@delchain/node/remedies";

// What a contract finds in its isolate: the language, and of it nothing that answers differently on another host.

/** Globals of ECMAScript that depend on nothing but the program, and text codecs. The rest of Node's is taken away. */
const KEPT: ReadonlySet<string> = new Set(
  (
    "AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float32Array " +
    "Float64Array Function Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy " +
    "RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URIError " +
    "Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI " +
    "encodeURIComponent eval globalThis isFinite isNaN parseFloat parseInt undefined"
  ).split(" "),
);

/** Locks the realm that it is called in, and sends what the contract prints to `print`. */
export function lockRealm(print: (text: string) => void): void {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!KEPT.has(name)) withdraw(name);
  }
  Math.random = () => refuse("Math.random", RANDOM_REMEDY);
  lockDate();
  define("console", consoleFor(print));
}

function withdraw(name: string): void {
  const get = (): never => refuse(name, REMEDIES[name] ?? DEFAULT_REMEDY);
  // Defining it anew would first make the lazy ones, which takes longer than a call.
  Reflect.deleteProperty(globalThis, name);
  Object.defineProperty(globalThis, name, { get, configurable: true, enumerable: false });
}

/** Dates from numbers and texts are as good as anywhere; the present is refused. */
function lockDate(): void {
  const Real = Date;
  const now = (): never => refuse("the present time", TIME_REMEDY);
  const construct = (target: DateConstructor, args: unknown[], newTarget: typeof Date): object =>
    args.length === 0 ? now() : Reflect.construct(target, args, newTarget);
  const locked = new Proxy(Real, { construct, apply: now });
  Real.now = now;
  Object.defineProperty(Real.prototype, "constructor", { value: locked });
  define("Date", locked);
}

function consoleFor(print: (text: string) => void): Readonly<Record<string, unknown>> {
  const say = (...values: readonly unknown[]): void => print(values.map(String).join(" "));
  return { log: say, info: say, debug: say, warn: say, error: say };
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

function refuse(what: string, remedy: string): never {
  throw new Error(refusal(what, remedy));
}
