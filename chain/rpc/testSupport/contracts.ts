import {
  type Address,
  CODE_KINDS,
  encodeStoredCode,
  type Hash,
  type Hex,
  keccak256,
  toAddress,
  toHash,
  toHex,
} from "@delchain/runtime";
import { mnemonicToAccount } from "viem/accounts";
import { DEVNET_MNEMONIC } from "../../spec/devnet.ts";
import type { Program } from "./memoryState.ts";
import { startTestRpc, type TestRpc } from "./startTestRpc.ts";

export const MANIFEST = '{"name":"counter","tier":"container"}';
export const PAYLOAD_HASH: Hash = keccak256(new TextEncoder().encode(MANIFEST));
export const CONTAINER_CODE: Uint8Array = encodeStoredCode({
  kind: CODE_KINDS.container,
  payloadHash: PAYLOAD_HASH,
});
/** Answers 42; it is ordered and certified, where the others run at once. */
export const CONTAINER: Address = toAddress(`0x${"c0".repeat(20)}`);
/** Writes its calldata's word into slot 1 and answers what was there. */
export const STORE: Address = toAddress(`0x${"5e".repeat(20)}`);
/** Wants more than it uses, and without calldata halts whatever it is given. */
export const GREEDY: Address = toAddress(`0x${"6e".repeat(20)}`);
export const ONE: Hash = toHash(word(1));

/** The first account of the devnet's mnemonic. */
export const SENDER: ReturnType<typeof mnemonicToAccount> = mnemonicToAccount(DEVNET_MNEMONIC);

export function word(n: number): Hex {
  return `0x${n.toString(16).padStart(64, "0")}`;
}

const store: Program = ({ data, load }) => ({
  status: "success",
  gas: 5_000n,
  output: Buffer.from(load(ONE).slice(2), "hex"),
  writes: data.length === 32 ? [[ONE, toHash(toHex(data))]] : [],
});

const greedy: Program = ({ data, gas }) =>
  data.length === 0 || gas < 200_000n
    ? { status: "halt", reason: "OutOfGas" }
    : { status: "success", gas: 100_000n };

const counter: Program = () => ({ status: "success", gas: 79_000n, output: Uint8Array.of(42) });

export type Sent = { to?: Hex; data?: Hex; tip?: bigint; value?: bigint };

/** A node with the three contracts, and a way to send transactions from `SENDER`. */
export async function startContracts(): Promise<TestRpc & { send: (sent: Sent) => Promise<Hash> }> {
  const rpc = await startTestRpc({
    programs: new Map([
      ["0x5e", store],
      ["0x6e", greedy],
      [toHex(CONTAINER_CODE), counter],
    ]),
  });
  rpc.backend.install(STORE, Uint8Array.of(0x5e));
  rpc.backend.install(GREEDY, Uint8Array.of(0x6e));
  rpc.backend.install(CONTAINER, CONTAINER_CODE);
  rpc.backend.manifests.set(PAYLOAD_HASH, MANIFEST);
  const send = async ({ tip = 1n, ...rest }: Sent): Promise<Hash> => {
    const count = await rpc.result("eth_getTransactionCount", SENDER.address, "pending");
    const raw = await SENDER.signTransaction({
      type: "eip1559",
      chainId: 31337,
      nonce: Number(count),
      gas: 300_000n,
      maxFeePerGas: 5_000_000_000n,
      maxPriorityFeePerGas: tip,
      ...rest,
    });
    return (await rpc.result("eth_sendRawTransaction", raw)) as Hash;
  };
  return { ...rpc, send };
}
