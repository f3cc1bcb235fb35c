import { type Address, addressFromBytes, hashFromBytes } from "@delchain/runtime";
import fc, { type Arbitrary } from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import type { UnsignedTransaction } from "./transaction.ts";

const PLAIN = { noNullPrototype: true } as const;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const address: Arbitrary<Address> = bytes(20).map(addressFromBytes);
const uint = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n });

const common = {
  chainId: fc.constant(DEVNET.chainId),
  nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 2n }),
  gasLimit: uint(64n),
  to: fc.option(address, { nil: undefined }),
  value: uint(256n),
  data: fc.uint8Array({ maxLength: 200 }),
};
const accessList = fc.array(
  fc.record({ address, slots: fc.array(bytes(32).map(hashFromBytes), { maxLength: 3 }) }, PLAIN),
  { maxLength: 3 },
);
// @ethereumjs/tx refuses a price, or a sum of fee and tip, whose product with the gas limit passes 2^256.
const price = uint(191n);

/** Transactions of all three types, each field over all that its type allows. */
export const unsignedTransactions: Arbitrary<UnsignedTransaction> = fc.oneof(
  fc.record({ type: fc.constant(0 as const), ...common, gasPrice: price }, PLAIN),
  fc.record({ type: fc.constant(1 as const), ...common, gasPrice: price, accessList }, PLAIN),
  fc
    .record(
      {
        type: fc.constant(2 as const),
        ...common,
        maxFeePerGas: price,
        maxPriorityFeePerGas: price,
        accessList,
      },
      PLAIN,
    )
    // viem and @ethereumjs/tx refuse a tip over the fee; the codec leaves that to `checkTransaction`.
    .map((fields) => ({
      ...fields,
      maxFeePerGas: fields.maxFeePerGas + fields.maxPriorityFeePerGas,
    })),
);
