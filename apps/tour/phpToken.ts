import { readFileSync } from "node:fs";
import { CODE_KINDS, encodeEnvelope, hasInterpreter, PHP_REMEDY, toHex } from "@delchain/runtime";
import type { Hex } from "viem";
import type { OptionalToken } from "./containerTokens.ts";

/** The same file that the container image holds: a source is its own artefact. */
const SOURCE: URL = new URL("contracts/php/Token.php", import.meta.url);

/** The `data` of the creation transaction of the token in PHP, for the wasm tier. */
export function phpTokenCode(): Hex {
  return toHex(encodeEnvelope(CODE_KINDS.php, readFileSync(SOURCE)));
}

/** The token in PHP in the wasm tier, or what its row needs. */
export function phpToken(): OptionalToken {
  const head = { contract: "Token", language: "PHP", tier: "wasm", driver: "php" };
  if (hasInterpreter()) return { head, initCode: phpTokenCode() };
  return {
    head,
    initCode: undefined,
    reason: `the PHP interpreter is an optional package: ${PHP_REMEDY}`,
  };
}
