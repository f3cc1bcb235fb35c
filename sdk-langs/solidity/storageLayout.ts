/** Where a contract's variables lie, as solc's `storageLayout` says it, without the numbers of its syntax tree. */
export type StorageLayout = {
  readonly storage: readonly StoragePlace[];
  /** By the identifiers that `type` names. */
  readonly types: Readonly<Record<string, StorageType>>;
};

/** One variable, or one member of a struct. */
export type StoragePlace = {
  /** Source and contract that declare it: `contracts/Token.sol:Token`. */
  readonly contract: string;
  readonly label: string;
  /** In bytes from the slot's low end. */
  readonly offset: number;
  /** Decimal. */
  readonly slot: string;
  readonly type: string;
};

export type StorageType = {
  readonly encoding: string;
  readonly label: string;
  /** Decimal. */
  readonly numberOfBytes: string;
  readonly base?: string;
  readonly key?: string;
  readonly value?: string;
  readonly members?: readonly StoragePlace[];
};

/** What solc writes: each place has the number of its declaration, and types that have a name end in one. */
export type CompilerLayout = {
  readonly storage: readonly (StoragePlace & { readonly astId: number })[];
  readonly types: StorageLayout["types"] | null;
};

const NAMED_TYPE = /\bt_(?:struct|contract|enum|userDefinedValueType)\([\w$]+\)\d+/g;

/**
 * The layout without numbers that depend on what else was compiled, so that the same source has the same layout and two
 * versions can be compared. Of several types with one name, all but the first declared keep a number: 2, 3, …
 */
export function stripAstIds(layout: CompilerLayout): StorageLayout {
  const text = JSON.stringify(layout, (key, value) => (key === "astId" ? undefined : value));
  const names = shortNames(text.match(NAMED_TYPE) ?? []);
  const { storage, types } = JSON.parse(
    text.replaceAll(NAMED_TYPE, (identifier) => names.get(identifier) ?? identifier),
  ) as StorageLayout;
  const sorted = Object.entries(types ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  return { storage, types: Object.fromEntries(sorted) };
}

function shortNames(identifiers: readonly string[]): ReadonlyMap<string, string> {
  const split = (identifier: string) => {
    const end = identifier.lastIndexOf(")") + 1;
    return { name: identifier.slice(0, end), id: Number(identifier.slice(end)) };
  };
  const byId = [...new Set(identifiers)].sort((left, right) => split(left).id - split(right).id);
  const counts = new Map<string, number>();
  return new Map(
    byId.map((identifier) => {
      const { name } = split(identifier);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [identifier, count === 1 ? name : `${name}${count}`];
    }),
  );
}
