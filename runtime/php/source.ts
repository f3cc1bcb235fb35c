import { InvalidInput } from "../types/errors.ts";

export type InvalidSource =
  | { readonly code: "PHP_NO_TAG" }
  | { readonly code: "PHP_NUL"; readonly offset: number };

const TAG: Uint8Array = new TextEncoder().encode("<?php");
const WHITESPACE: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/** What must hold of a source before the interpreter reads it. Throws `InvalidInput<InvalidSource>`. */
export function checkSource(source: Uint8Array): void {
  const tagged = TAG.every((byte, i) => source[i] === byte);
  if (!tagged || !WHITESPACE.has(source[TAG.length] ?? 0)) {
    throw new InvalidInput<InvalidSource>(
      { code: "PHP_NO_TAG" },
      'a PHP contract begins with "<?php" and a line break or space, in its first byte',
    );
  }
  const offset = source.indexOf(0);
  if (offset < 0) return;
  throw new InvalidInput<InvalidSource>(
    { code: "PHP_NUL", offset },
    `the PHP source has a zero byte at ${offset}; a source is text`,
  );
}

/** The source without its opening tag, as `eval` takes it: lines keep their numbers. */
export function phpCode(source: Uint8Array): Uint8Array {
  return source.subarray(TAG.length);
}
