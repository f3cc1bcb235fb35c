import type { ResourceClass } from "./resources.ts";

/**
 * What only the container tier charges, in gas, beside the list in `runtime/host`. CPU time differs between
 * machines and is never billed: a class price buys the wall limit, host calls and bytes are counted.
 */
export const CONTAINER_PRICES: {
  readonly call: Readonly<Record<ResourceClass, number>>;
  readonly hostCall: number;
  readonly send: number;
  readonly sha256Base: number;
  readonly sha256Word: number;
} = {
  // Far below what the wall limit could burn (half a billion gas for a small one, at 4 ns a gas): calls that use
  // theirs up are rare, and the market for container gas (design, section 5) prices the rest.
  call: { small: 50_000, medium: 200_000, large: 1_000_000 },
  // One round trip over the socket is 20 to 30 µs, five times this at 4 ns a gas; but it runs beside the block, on
  // hosts that the class price pays.
  hostCall: 1_000,
  // MESSAGES writes ten fresh slots at 22,100, paid for by two members or more.
  send: 110_000,
  // The SHA-256 precompile's (Yellow Paper, appendix E.2).
  sha256Base: 60,
  sha256Word: 12,
};
