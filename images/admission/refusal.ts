import { InvalidInput } from "@delchain/runtime";

/** Why an image is not admitted, for programs; the message says it to people, with value, limit and remedy. */
export type ImageRefusal =
  | "archive"
  | "bytes"
  | "configuration"
  | "device"
  | "digest"
  | "duplicate"
  | "entries"
  | "extension"
  | "hardLink"
  | "header"
  | "knownBad"
  | "layers"
  | "link"
  | "mode"
  | "parent"
  | "path"
  | "platform"
  | "ratio"
  | "signature"
  | "trailing"
  | "whiteout";

/** An image that no host takes. */
export function refuse(code: ImageRefusal, message: string): never {
  throw new InvalidInput({ code }, `the image is refused: ${message}`);
}

/** Text of a stranger, for a message: printable and short. */
export function shown(text: string): string {
  return JSON.stringify(text.length <= 120 ? text : `${text.slice(0, 120)}…`);
}
