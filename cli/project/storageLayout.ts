import type { StorageLayout } from "@delchain/solidity";
import type { BuildOutput } from "@delchain/toolchain";

/** A contract's variables as they lie in storage, one text each: `2+0 balances mapping(address => uint256)`. */
export type Layout = readonly string[];

/** `undefined` when the compiler does not tell. */
export function layoutOf({ metadata }: BuildOutput): Layout | undefined {
  const { storageLayout } = metadata;
  if (storageLayout === undefined) return undefined;
  const { storage, types } = storageLayout;
  return storage.map(
    ({ slot, offset, label, type }) => `${slot}+${offset} ${label} ${describe(type, types)}`,
  );
}

type Types = StorageLayout["types"];

/** A type with the members of its structs, so that a changed member is a changed type. */
function describe(id: string, types: Types, within: readonly string[] = []): string {
  const type = types[id];
  if (type === undefined) return id;
  const { label, members, key, value, base } = type;
  // A struct may hold itself, in a mapping or an array.
  if (within.includes(id)) return label;
  const inner = (one: string) => describe(one, types, [...within, id]);
  if (members) {
    const fields = members.map((one) => `${inner(one.type)} ${one.label}`);
    return `${label}{${fields.join("; ")}}`;
  }
  if (key && value) return `mapping(${inner(key)} => ${inner(value)})`;
  // An array's own label ends with its length.
  if (base) return `${inner(base)}${/\[\d*\]$/.exec(label)?.[0] ?? "[]"}`;
  return label;
}

/**
 * Why a new layout does not read what an old one wrote: each old variable must lie where it lay, with its type. Names
 * may change; new variables may come after the old ones.
 */
export function layoutProblems(before: Layout, after: Layout): readonly string[] {
  return before.flatMap((old, i) => {
    const [place, name, type] = parts(old);
    const now = after[i];
    if (now === undefined) return [`${name} (${type}) is gone`];
    const [newPlace, newName, newType] = parts(now);
    if (newType !== type) return [`${newName} is ${newType}, and ${name} was ${type}`];
    return newPlace === place ? [] : [`${name} lies at ${newPlace}, and lay at ${place}`];
  });
}

function parts(entry: string): readonly [string, string, string] {
  const [place = "", name = "", ...type] = entry.split(" ");
  return [place, name, type.join(" ")];
}
