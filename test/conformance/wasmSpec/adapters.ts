import { ByteWriter, encoded } from "../../../runtime/wasm/instrument/byteWriter.ts";

const TYPES: Readonly<Record<string, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
};

const cache = new Map<string, WebAssembly.Module>();

/** Whether a signature can be carried at all: the rest needs types that contracts do not have. */
export function isCarried(types: readonly string[]): boolean {
  return types.every((type) => type in TYPES);
}

/**
 * Wraps a function so that floats and vectors cross into JavaScript as integers, bit by bit. Throws a
 * `WebAssembly.LinkError` when the function has another signature.
 */
export function adapt(
  target: unknown,
  parameters: readonly string[],
  results: readonly string[],
): (...values: unknown[]) => unknown {
  const key = `${parameters}>${results}`;
  let module = cache.get(key);
  if (!module) {
    module = new WebAssembly.Module(build(parameters, results) as Uint8Array<ArrayBuffer>);
    cache.set(key, module);
  }
  const imports = { m: { f: target as WebAssembly.ImportValue } };
  const { r } = new WebAssembly.Instance(module, imports).exports;
  return r as (...values: unknown[]) => unknown;
}

function lowered(types: readonly string[]): readonly string[] {
  return types.flatMap((type) => {
    if (type === "f32") return ["i32"];
    if (type === "f64") return ["i64"];
    return type === "v128" ? ["i64", "i64"] : [type];
  });
}

function build(parameters: readonly string[], results: readonly string[]): Uint8Array {
  const code = (types: readonly string[]): number[] => types.map((type) => TYPES[type] as number);
  const out = new ByteWriter();
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  section(out, 1, (to) => {
    to.u32(2);
    for (const [take, give] of [
      [parameters, results],
      [lowered(parameters), lowered(results)],
    ] as const) {
      to.byte(0x60);
      to.text(Uint8Array.from(code(take)));
      to.text(Uint8Array.from(code(give)));
    }
  });
  section(out, 2, (to) => to.put(1, 1, 0x6d, 1, 0x66, 0, 0));
  section(out, 3, (to) => to.put(1, 1));
  section(out, 7, (to) => to.put(1, 1, 0x72, 0, 1));
  const body = encoded((to) => writeBody(to, parameters, results));
  section(out, 10, (to) => {
    to.u32(1);
    to.text(body);
  });
  return out.finish();
}

function section(out: ByteWriter, id: number, write: (to: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  out.byte(id);
  out.text(content.view());
}

function writeBody(
  out: ByteWriter,
  parameters: readonly string[],
  results: readonly string[],
): void {
  out.u32(results.length);
  for (const type of results) out.put(1, TYPES[type] as number);
  let local = 0;
  const next = (): void => {
    out.byte(0x20);
    out.u32(local++);
  };
  for (const type of parameters) {
    next();
    if (type === "f32") out.byte(0xbe);
    else if (type === "f64") out.byte(0xbf);
    else if (type === "v128") {
      out.put(0xfd, 18);
      next();
      out.put(0xfd, 30, 1);
    }
  }
  out.put(0x10, 0);
  for (let i = results.length - 1; i >= 0; i--) {
    out.byte(0x21);
    out.u32(local + i);
  }
  for (const type of results) {
    if (type === "v128") {
      out.byte(0x20);
      out.u32(local);
      out.put(0xfd, 29, 0);
      next();
      out.put(0xfd, 29, 1);
      continue;
    }
    next();
    if (type === "f32") out.byte(0xbc);
    else if (type === "f64") out.byte(0xbd);
  }
  out.byte(0x0b);
}
