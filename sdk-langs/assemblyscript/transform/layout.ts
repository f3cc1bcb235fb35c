import { errorAt, type Source, type TypeNode } from "./syntax.ts";
import { wordType } from "./types.ts";

/** What stands in a field of a contract or a `@stored` class. */
export type Storage = {
  /** The class, as the generated constructor call names it. */
  readonly language: string;
  /** Bytes of the value at the end of the chain: what a list packs by. */
  readonly width: number;
  /** How many slots it takes; `undefined` when it may share one. */
  readonly slots: number | undefined;
  readonly isTransient: boolean;
};

/** Where Solidity's compiler would put a field. */
export type Place = { readonly slot: number; readonly offset: number; readonly isShared: boolean };

/** Slots of the `@stored` classes of all files, by name, counted when one is used. */
export type StoredClasses = ReadonlyMap<string, () => number>;

const SLOT_BYTES = 32;
/** Values up to here lie several to a slot in a list. */
const PACKED_BYTES_MAX = 16;

/**
 * Reads the type of a storage field. `isElement`: of a list, which packs by itself. Throws an `Error` that names the
 * place.
 */
export function readStorage(
  source: Source,
  classes: StoredClasses,
  node: TypeNode,
  isElement = false,
): Storage {
  const name = node.name?.identifier.text ?? "";
  const [first, second] = node.typeArguments ?? [];
  const text = source.text.slice(node.range.start, node.range.end);
  const own = { slots: 1, isTransient: false };
  if (name === "Mapping" && first !== undefined && second !== undefined) {
    const key = source.text.slice(first.range.start, first.range.end);
    const value = readStorage(source, classes, second);
    return { ...own, language: `Mapping<${key}, ${value.language}>`, width: value.width };
  }
  if (name === "List" && first !== undefined) {
    const element = readStorage(source, classes, first, true);
    return { ...own, language: `List<${element.language}>`, width: element.width };
  }
  if (name === "TransientCell") return { language: text, width: 32, slots: 1, isTransient: true };
  if (name === "Cell" && first !== undefined) return readCell(source, first, isElement);
  const slots = classes.get(name);
  if (slots !== undefined) return { language: name, width: 32, slots: slots(), isTransient: false };
  throw errorAt(
    source,
    node.range,
    `${text} is no storage; use Cell<T>, List<E>, Mapping<K, E>, TransientCell<T> or a @stored class`,
  );
}

function readCell(source: Source, value: TypeNode, isElement: boolean): Storage {
  const text = source.text.slice(value.range.start, value.range.end);
  const word = wordType(text);
  if (word === undefined) {
    if (text === "string" || text === "Bytes") {
      return { language: `Cell<${text}>`, width: SLOT_BYTES, slots: 1, isTransient: false };
    }
    throw errorAt(
      source,
      value.range,
      `a Cell holds one value, not ${text}; use List, Mapping or a @stored class`,
    );
  }
  const { width, fill, language } = word;
  const isWhole = width === SLOT_BYTES;
  // What fills a slot with zeros reads and writes it whole, which is cheaper.
  const isPlain =
    isWhole ||
    (fill === "zero" && isNatural(language, width) && !(isElement && width <= PACKED_BYTES_MAX));
  return {
    language: `${isPlain ? "Cell" : "__abi_PackedCell"}<${text}>`,
    width,
    slots: isWhole ? 1 : undefined,
    isTransient: false,
  };
}

/** Whether the language's own type has no more room than the value. */
function isNatural(language: string, width: number): boolean {
  return language === "bool" || language === "__abi_Address" || language === `u${8 * width}`;
}

/** Places fields as Solidity does, transient ones in a count of their own. */
export function placeFields(fields: readonly Storage[]): readonly Place[] {
  const counts = { lasting: { slot: 0, offset: 0 }, transient: { slot: 0, offset: 0 } };
  const places = fields.map(({ slots, width, isTransient }) => {
    const next = isTransient ? counts.transient : counts.lasting;
    if (next.offset > 0 && (slots !== undefined || next.offset + width > SLOT_BYTES)) {
      next.slot += 1;
      next.offset = 0;
    }
    const place = { slot: next.slot, offset: next.offset, isTransient };
    if (slots === undefined) next.offset += width;
    else next.slot += slots;
    return place;
  });
  return places.map(({ slot, offset, isTransient }, i) => ({
    slot,
    offset,
    isShared: places.some(
      (other, j) => i !== j && other.slot === slot && other.isTransient === isTransient,
    ),
  }));
}

/** How many slots the fields take together. */
export function slotsOf(fields: readonly Storage[]): number {
  const places = placeFields(fields);
  const ends = fields.map(({ slots, isTransient }, i) =>
    isTransient ? 0 : (places[i]?.slot ?? 0) + (slots ?? 1),
  );
  return Math.max(1, ...ends);
}
