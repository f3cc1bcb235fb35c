import {
  type Address,
  assert,
  bigintToBytes,
  fromHex,
  type Hash,
  type Hex,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { encodeFunctionData, parseAbi } from "viem";
import { DEVNET } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { ExecutedContent } from "./executeBlock.ts";
import { readMessageQueues } from "./messageState.ts";
import { ALICE, sign, TestChain } from "./testChain.ts";

// Contracts in bytes that send messages and take callbacks, for tests.

export const MESSAGES: Address = DEVNET.messagesAddress;

/** For `parseAbi`. */
export const MESSAGES_SIGNATURES = [
  "struct Message { address to; uint64 gas; uint8 hops; bool isCallback; bool isOrdered; address from; uint64 callbackGas; bool fromContainer; address origin; uint64 notBefore; uint128 value; uint128 deposit; uint64 price; uint64 callbackPrice; bytes32 parent; bytes data; }",
  "function send(address to, uint256 value, bytes data, uint64 gas, uint64 callbackGas) payable returns (bytes32 id)",
  "function quote(address to, uint64 gas, uint64 callbackGas) view returns (uint256)",
  "function claim(address to) returns (uint256 amount)",
  "function claimable(address) view returns (uint256)",
  "function messageOf(bytes32 id) view returns (Message)",
  "function onMessage(bytes32 id, bool success, bytes result) payable",
  "function ORDER_GAS() view returns (uint64)",
  "function MESSAGE_GAS_MAX() view returns (uint64)",
  "function MESSAGE_BYTES_MAX() view returns (uint256)",
  "function MESSAGES_WAITING_MAX() view returns (uint64)",
  "function MAX_HOPS() view returns (uint8)",
  "event MessageSent(bytes32 indexed id, address indexed from, address indexed to, bytes32 parent, uint256 value, uint64 gas, uint64 callbackGas, bytes data)",
  "error NotTheProtocol(address caller)",
  "error DataTooLong(uint256 length, uint256 limit)",
  "error GasOutOfRange(uint64 gas, uint64 min, uint64 max)",
  "error OutboxFull(uint64 limit)",
  "error PaymentTooLow(uint256 paid, uint256 needed)",
  "error TooManyHops(uint8 limit)",
] as const;

const MESSAGES_ABI = parseAbi(MESSAGES_SIGNATURES);

const messages = MESSAGES.slice(2);
/** Copies calldata, calls MESSAGES with it and the value, and returns or reverts with what that says. */
const FORWARD = `365f5f375f5f365f3473${messages}5af13d5f5f3e`;
/** That for everybody but MESSAGES, whose callbacks go to what follows. */
const HANDING_ON = `3373${messages}14604857${FORWARD}6044573d5ffd5b3d5ff35b`;
/**
 * Hands what anybody else calls it with to MESSAGES; of a callback it keeps value, `success` and id in slots 0 to 2.
 */
export const SENDER_CODE: Hex = `0x${HANDING_ON}345f5560243560015560043560025500`;
/** The same, and every callback reverts. */
export const STUBBORN_CODE: Hex = `0x${HANDING_ON}5f5ffd`;
/** Calldata's first word to slot 0, and `msg.sender` and the origin to 1 and 2. */
export const KEEPER_CODE: Hex = "0x5f355f55336001553260025500";
/** Reverts with the word 7. */
export const REVERTING_CODE: Hex = "0x60075f5260205ffd";

export const SENDER: Address = toAddress(`0x${"5e".repeat(20)}`);
export const STUBBORN: Address = toAddress(`0x${"5b".repeat(20)}`);
export const KEEPER: Address = toAddress(`0x${"4e".repeat(20)}`);
export const REVERTING: Address = toAddress(`0x${"4f".repeat(20)}`);

/** Enough for any message's gas here, in wei. */
export const PAYMENT: bigint = 10n ** 17n;

/** A chain that has all of them. */
export function newChain(change: Partial<ChainSpec> = {}): TestChain {
  const chain = new TestChain({ ...DEVNET, ...change });

  const codes: readonly (readonly [Address, Hex])[] = [
    [SENDER, SENDER_CODE],
    [STUBBORN, STUBBORN_CODE],
    [KEEPER, KEEPER_CODE],
    [REVERTING, REVERTING_CODE],
  ];
  for (const [address, code] of codes) {
    chain.view.set(address, { nonce: 1n, code: fromHex(code) });
  }
  return chain;
}

export type Wanted = {
  readonly to: Address;
  readonly value?: bigint;
  readonly data?: Hex;
  readonly gas?: bigint;
  readonly callbackGas?: bigint;
};

/** Calldata of `send`. */
export function sendData({
  to,
  value = 0n,
  data = "0x",
  gas = 100_000n,
  callbackGas = 0n,
}: Wanted): Hex {
  const args = [to, value, data, gas, callbackGas] as const;
  return encodeFunctionData({ abi: MESSAGES_ABI, functionName: "send", args });
}

/** A transaction of Alice that has `through` send, with `payment` wei. */
export function sendThrough(
  through: Address,
  wanted: Wanted,
  payment: bigint,
  nonce: number,
): ReturnType<typeof sign> {
  return sign({ nonce, to: through, data: sendData(wanted), value: payment, gas: 5_000_000n });
}

/** A block in which Alice has `through` send; every transaction succeeds. */
export async function send(
  chain: TestChain,
  wanted: Wanted,
  through: Address = SENDER,
  payment: bigint = PAYMENT,
): Promise<ExecutedContent> {
  const nonce = Number(chain.view.account(ALICE)?.nonce ?? 0n);
  const executed = chain.run({
    transactions: [await sendThrough(through, wanted, payment, nonce)],
  });
  const wrong = executed.receipts.find(({ type, status }) => type === 2 && status !== "success");
  assert(wrong === undefined, "the transaction that sends succeeds");
  return executed;
}

/** Messages that wait for a block. */
export function waitingCount(chain: TestChain): number {
  const { first, next } = readMessageQueues(chain.view, MESSAGES);
  return Number(next - first);
}

/** Slots 0, 1, … as numbers. */
export function slots(chain: TestChain, address: Address, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) =>
    BigInt(chain.view.storage(address, toHex(bigintToBytes(BigInt(i), 32)) as Hash)),
  );
}

/** What a block says of its messages: type, status, from, to. */
export function listed({
  receipts,
}: ExecutedContent): (readonly [string, Address, Address | undefined])[] {
  return receipts
    .filter(({ type }) => type === 0x7e)
    .map(({ status, sender, to }) => [status, sender, to]);
}
