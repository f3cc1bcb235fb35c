import type { ResourceClass } from "./resources.ts";

/**
 * What only the container tier charges, in gas, beside the list in `runtime/host`. CPU time differs between
 * machines and is never billed: a class price buys the wall limit, host calls and bytes are counted.
 */
export const CONTAINER_PRICES: {
  readonly call: Readonly<Record<ResourceClass, number>>;
  readonly hostCall: number;
  readonly sha256Base: number;
  readonly sha256Word: number;
} = {
  // A few per cent of what the wall limit could burn at 20 ns a gas: calls that use theirs up are rare, and the
  // market for container gas (design, section 5) prices the rest.
  call: { small: 50_000, medium: 200_000, large: 1_000_000 },
  // One round trip over the socket is 20 to 30 µs; at 20 ns a gas that is 1,000 to 1,500.
  hostCall: 1_000,
  // The SHA-256 precompile's (Yellow Paper, appendix E.2).
  sha256Base: 60,
  sha256Word: 12,
};
