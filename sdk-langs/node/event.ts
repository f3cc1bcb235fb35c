import { keccak256, utf8 } from "./bytes.ts";
import { host } from "./host.ts";
import { type AnyType, encodeFields, type Fields, type ValuesOf, type WordType } from "./types.ts";

/** A field of an event that becomes a topic. */
export type Indexed<Value> = WordType<Value> & { readonly isIndexed: true };

export function indexed<Value>(type: WordType<Value>): Indexed<Value> {
  return { ...type, isIndexed: true };
}

/** Declares an event; calling it leaves the log that Solidity's `emit` would. */
export function event<const Declared extends Fields>(
  name: string,
  fields: Declared,
): (values: ValuesOf<Declared>) => void {
  const entries = Object.entries(fields);
  const signature = `${name}(${entries.map(([, type]) => type.name).join(",")})`;
  const topic = keccak256(utf8(signature));
  const isTopic = ([, type]: [string, AnyType]): boolean => "isIndexed" in type;
  const topics = entries.filter(isTopic);
  const others = entries.filter((entry) => !isTopic(entry));
  return (values) => {
    const of = ([field]: [string, AnyType]): never => values[field as keyof Declared] as never;
    host.log(
      [topic, ...topics.map((entry) => entry[1].encode(of(entry)))],
      encodeFields(
        others.map(([, type]) => type),
        others.map(of),
      ),
    );
  };
}
