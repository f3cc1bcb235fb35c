import { declare, parameterOf, signatureOf } from "./abi.ts";
import { concatenate, keccak256, utf8 } from "./bytes.ts";
import { encodeTopic, encodeTuple } from "./composites.ts";
import { host } from "./host.ts";
import { Revert } from "./revert.ts";
import type { AnyType, Fields, ValuesOf } from "./types.ts";

const SELECTOR_BYTES = 4;

/** A field of an event that becomes a topic. */
export type Indexed<Type> = Type & { readonly isIndexed: true };

export function indexed<Type extends AnyType>(type: Type): Indexed<Type> {
  return { ...type, isIndexed: true };
}

/** Declares an event; calling it leaves the log that Solidity's `emit` would. */
export function event<const Declared extends Fields>(
  name: string,
  fields: Declared,
): (values: ValuesOf<Declared>) => void {
  const entries = Object.entries(fields);
  const isTopic = ([, type]: readonly [string, AnyType]): boolean => "isIndexed" in type;
  const topic = keccak256(utf8(signatureOf(name, fields)));
  const topics = entries.filter(isTopic);
  const others = entries.filter((entry) => !isTopic(entry));
  declare({
    type: "event",
    name,
    inputs: entries.map(([field, type]) => ({
      ...parameterOf(field, type),
      indexed: isTopic([field, type]),
    })),
    anonymous: false,
  });
  return (values) => {
    const of = (field: string): unknown => values[field as keyof Declared];
    host.log(
      [topic, ...topics.map(([field, type]) => encodeTopic(type, of(field)))],
      encodeTuple(
        others.map(([, type]) => type),
        others.map(([field]) => of(field)),
      ),
    );
  };
}

/** Declares a custom error: `throw Unauthorized({ who })`, or `require(condition, Unauthorized({ who }))`. */
export function error<const Declared extends Fields>(
  name: string,
  fields: Declared,
): (values: ValuesOf<Declared>) => Revert {
  const selector = keccak256(utf8(signatureOf(name, fields))).subarray(0, SELECTOR_BYTES);
  const entries = Object.entries(fields);
  declare({
    type: "error",
    name,
    inputs: entries.map(([field, type]) => parameterOf(field, type)),
  });
  return (values) => {
    const data = encodeTuple(
      entries.map(([, type]) => type),
      entries.map(([field]) => values[field as keyof Declared]),
    );
    return new Revert(concatenate([selector, data]), name);
  };
}
