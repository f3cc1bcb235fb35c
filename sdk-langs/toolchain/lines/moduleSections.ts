/** One section of a WebAssembly module (core specification, section 5.5.2): a custom one has a name. */
export type ModuleSection = {
  readonly id: number;
  readonly name: string;
  /** Where it begins with its id, where its content does, and where that ends. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
};

const PREAMBLE_BYTES = 8;
const CUSTOM = 0;
const CODE = 10;

/** The sections of a module that a compiler wrote. */
export function moduleSections(module: Uint8Array): readonly ModuleSection[] {
  const sections: ModuleSection[] = [];
  let at = PREAMBLE_BYTES;
  while (at < module.length) {
    const start = at;
    const id = module[at++] as number;
    const size = readUnsigned(module, at);
    const content = size.end;
    const end = content + size.value;
    if (id !== CUSTOM) sections.push({ id, name: "", start, content, end });
    else {
      const length = readUnsigned(module, content);
      const nameEnd = length.end + length.value;
      const name = new TextDecoder().decode(module.subarray(length.end, nameEnd));
      sections.push({ id, name, start, content: nameEnd, end });
    }
    at = end;
  }
  return sections;
}

/** The module as it is deployed: custom sections run nothing, and every byte costs gas. */
export function withoutCustomSections(module: Uint8Array): Uint8Array {
  const kept = moduleSections(module).filter(({ id }) => id !== CUSTOM);
  const parts = kept.map(({ start, end }) => module.subarray(start, end));
  return Buffer.concat([module.subarray(0, PREAMBLE_BYTES), ...parts]);
}

/** Where the content of the code section begins: debuggers count from there. */
export function codeOffset(module: Uint8Array): number {
  return moduleSections(module).find(({ id }) => id === CODE)?.content ?? 0;
}

/** Where the bodies of the module's own functions begin. */
export function functionStarts(module: Uint8Array): ReadonlySet<number> {
  const starts = new Set<number>();
  const count = readUnsigned(module, codeOffset(module));
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const { value: size, end: start } = readUnsigned(module, at);
    starts.add(start);
    at = start + size;
  }
  return starts;
}

export function customSection(module: Uint8Array, name: string): Uint8Array | undefined {
  const found = moduleSections(module).find((section) => section.name === name);
  return found && module.subarray(found.content, found.end);
}

/** A number in LEB128, below 2^32. */
export function readUnsigned(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  for (let shift = 1; ; shift *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return { value, end: at };
  }
}
