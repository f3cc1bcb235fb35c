import type { Address } from "../types/address.ts";

/**
 * Takes what a contract prints, of whatever tier, with the contract whose code says it. A devnet's tool: nothing of it
 * enters a result, and a call that was run twice may print twice.
 */
export type ConsoleWriter = (contract: Address, text: string) => void;

/** Bytes of one text that a contract may print. */
export const CONSOLE_TEXT_BYTES: number = 4_096;
