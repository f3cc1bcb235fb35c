import { describePhp, InvalidInput } from "@delchain/runtime";
import type { Abi } from "viem";
import { CompileFailed } from "../diagnostic.ts";
import { encodeJoined, type JoinedPhp } from "./joinPhp.ts";
import { phpEngine } from "./phpEngine.ts";
import { phpDiagnostic } from "./phpErrors.ts";

/** The source that is deployed, and its ABI by reflection. Throws `CompileFailed` with the line that PHP names. */
export function describeJoined(joined: JoinedPhp): {
  readonly source: Uint8Array;
  readonly abi: Abi;
} {
  const source = encodeJoined(joined);
  try {
    return { source, abi: describePhp(source, phpEngine()) as unknown as Abi };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new CompileFailed([phpDiagnostic(error.message.replace(NO_ABI, ""), joined)]);
  }
}

const NO_ABI = /^the source has no ABI: /;
