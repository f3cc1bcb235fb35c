import type { Value } from "./commands.ts";

/** What an adapter takes and gives: JavaScript has no NaN payloads and no vectors, so floats travel as bits. */
export type Lowered = number | bigint | null | object;

const LANE_BITS: Readonly<Record<string, number>> = {
  i8: 8,
  i16: 16,
  i32: 32,
  i64: 64,
  f32: 32,
  f64: 64,
};

const hostObjects = new Map<string, object>();

function hostObject(name: string): object {
  let object = hostObjects.get(name);
  if (!object) {
    object = { host: name };
    hostObjects.set(name, object);
  }
  return object;
}

/** The arguments of an adapter for one argument of the test. */
export function lower(value: Value): readonly Lowered[] {
  const digits = String(value.value);
  switch (value.type) {
    case "i32":
    case "f32":
      return [Number(digits) | 0];
    case "i64":
    case "f64":
      return [BigInt.asIntN(64, BigInt(digits))];
    case "v128": {
      const bits = vectorBits(value);
      return [BigInt.asIntN(64, bits), BigInt.asIntN(64, bits >> 64n)];
    }
    case "externref":
      return [digits === "null" ? null : hostObject(digits)];
    default:
      return [null];
  }
}

function vectorBits({ value, lane_type }: Value): bigint {
  const width = LANE_BITS[lane_type ?? ""] ?? 0;
  let bits = 0n;
  (value as readonly string[]).forEach((lane, i) => {
    bits |= BigInt.asUintN(width, BigInt(lane)) << BigInt(i * width);
  });
  return bits;
}

/** How many values an adapter gives for a result of this type. */
export function loweredCount(type: string): number {
  return type === "v128" ? 2 : 1;
}

/** Whether an adapter's values are what the test expects; NaNs by the specification's two patterns. */
export function matches(expected: Value, got: readonly Lowered[]): boolean {
  if (expected.type === "either") return (expected.values ?? []).some((one) => matches(one, got));
  const [first] = got;
  const digits = String(expected.value);
  switch (expected.type) {
    case "i32":
      return first === (Number(digits) | 0);
    case "i64":
      return first === BigInt.asIntN(64, BigInt(digits));
    case "f32":
      return matchesBits(digits, BigInt(first as number), 32);
    case "f64":
      return matchesBits(digits, first as bigint, 64);
    case "v128":
      return matchesVector(expected, got);
    case "refnull":
    case "nullref":
    case "nullfuncref":
    case "nullexternref":
      return first === null;
    case "externref":
      if (expected.value === undefined) return first !== null;
      return digits === "null" ? first === null : first === hostObject(digits);
    case "funcref":
      return expected.value === null || digits === "null"
        ? first === null
        : typeof first === "function";
    default:
      return false;
  }
}

function matchesVector({ value, lane_type }: Value, got: readonly Lowered[]): boolean {
  const width = LANE_BITS[lane_type ?? ""] ?? 0;
  const bits = BigInt.asUintN(64, got[0] as bigint) | (BigInt.asUintN(64, got[1] as bigint) << 64n);
  return (value as readonly string[]).every((lane, i) =>
    matchesBits(lane, bits >> BigInt(i * width), width),
  );
}

function matchesBits(expected: string, got: bigint, width: number): boolean {
  const bits = BigInt.asUintN(width, got);
  if (!expected.startsWith("nan:")) return bits === BigInt.asUintN(width, BigInt(expected));
  const quiet = width === 32 ? 0x7fc0_0000n : 0x7ff8_0000_0000_0000n;
  const magnitude = BigInt.asUintN(width - 1, bits);
  return expected === "nan:canonical" ? magnitude === quiet : (magnitude & quiet) === quiet;
}

/** A global's value as JavaScript shows it. */
export function matchesGlobal(expected: Value, got: unknown): boolean {
  if (typeof got === "number" && (expected.type === "f32" || expected.type === "f64")) {
    if (String(expected.value).startsWith("nan:")) return Number.isNaN(got);
    const view = new DataView(new ArrayBuffer(8));
    if (expected.type === "f64") {
      view.setFloat64(0, got);
      return matchesBits(String(expected.value), view.getBigUint64(0), 64);
    }
    view.setFloat32(0, got);
    return matchesBits(String(expected.value), BigInt(view.getUint32(0)), 32);
  }
  return matches(expected, [got as Lowered]);
}
