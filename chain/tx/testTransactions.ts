import { fromHex, type Hex, keccak256Bytes, toAddress } from "@delchain/runtime";
import { DEVNET } from "../spec/devnet.ts";
import { type DecodedTransaction, decodeTransaction } from "./codec.ts";
import { nobleRecovery, recoverSender, signTransaction, withSender } from "./signer.ts";
import type { FeeMarketTransaction, SignedTransaction } from "./transaction.ts";

/** The secret key of the devnet's first account. */
export const TEST_KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

const GWEI = 10n ** 9n;

/** A key that no two tests share by accident. */
export function testKey(seed: number): Uint8Array {
  return keccak256Bytes(new TextEncoder().encode(`test key ${seed}`));
}

/** A small transfer of type 2, decoded; what is left out is usual. */
export function decodedTransfer(
  fields: Partial<Omit<FeeMarketTransaction, "type" | "signature">> = {},
  key: Uint8Array = fromHex(TEST_KEY),
): DecodedTransaction {
  const raw = signTransaction(
    {
      type: 2,
      chainId: DEVNET.chainId,
      nonce: 0n,
      gasLimit: 21_000n,
      maxFeePerGas: 2n * GWEI,
      maxPriorityFeePerGas: GWEI,
      to: toAddress("0x70997970c51812dc3a010c7d01b50e0d17dc79c8"),
      value: 1n,
      data: new Uint8Array(0),
      accessList: [],
      ...fields,
    },
    key,
  );
  return decodeTransaction(raw, DEVNET);
}

export function signedTransfer(
  fields: Partial<Omit<FeeMarketTransaction, "type" | "signature">> = {},
  key: Uint8Array = fromHex(TEST_KEY),
): SignedTransaction {
  const decoded = decodedTransfer(fields, key);
  return withSender(decoded, recoverSender(decoded, nobleRecovery));
}
