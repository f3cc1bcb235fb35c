// What a contract's tests import: a chain in the test's own process, and typed contracts on it.

export type { CallOptions, Contract, ContractHandle, Contracts } from "./contractHandle.ts";
export { expectEvent, expectRevert } from "./expect.ts";
export { type StartOptions, startChain } from "./startChain.ts";
export { type Account, TestChain } from "./testChain.ts";
