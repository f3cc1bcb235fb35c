import { InvalidInput } from "../../types/errors.ts";
import type { LimitName } from "./limits.ts";

/** Why a module may not be a contract; each code with exactly its facts. `offset` counts bytes of the module. */
export type InvalidModule =
  | { readonly code: "MALFORMED"; readonly offset: number; readonly reason: string }
  /** The engine's validation says no, without a reason of its own: engines word theirs differently. */
  | { readonly code: "NOT_VALID" }
  /** A part of WebAssembly outside of the list in README.md. */
  | { readonly code: "FEATURE_REFUSED"; readonly feature: string; readonly offset: number }
  | { readonly code: "OPCODE_REFUSED"; readonly opcode: string; readonly offset: number }
  | {
      readonly code: "LIMIT_EXCEEDED";
      readonly limit: LimitName;
      readonly size: number;
      readonly max: number;
      /** The function it was found in, by index; `undefined` outside of code. */
      readonly functionIndex: number | undefined;
    }
  | {
      readonly code: "IMPORT_REFUSED";
      readonly module: string;
      readonly name: string;
      readonly reason: string;
    }
  | { readonly code: "EXPORT_REFUSED"; readonly name: string; readonly reason: string }
  /** A valid module whose instrumented form the engine refuses: a bug of ours, and the same on every node. */
  | { readonly code: "NOT_INSTRUMENTABLE" };

export function invalidModule(facts: InvalidModule, message: string): InvalidInput<InvalidModule> {
  return new InvalidInput(facts, message);
}

export function refusedFeature(feature: string, offset: number): InvalidInput<InvalidModule> {
  return invalidModule(
    { code: "FEATURE_REFUSED", feature, offset },
    `${feature} (byte ${offset}) is not part of the WebAssembly that contracts may use`,
  );
}

export function refusedOpcode(opcode: string, offset: number): InvalidInput<InvalidModule> {
  return invalidModule(
    { code: "OPCODE_REFUSED", opcode, offset },
    `instruction ${opcode} (byte ${offset}) is not part of the WebAssembly that contracts may use`,
  );
}
