import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concatHex,
  fromRlp,
  type Hex,
  keccak256,
  numberToHex,
  size,
  type TransactionSerializable,
  toHex,
  toRlp,
} from "viem";
import { DEVNET } from "../../chain/index.ts";
import { CODE_KINDS, encodeEnvelope } from "../../runtime/index.ts";
import { devnetAccount, sharedDevnet } from "./support/devnet.ts";

// Every way in which one transaction can be wrong, against the real node: a typed error that names the value, the
// limit and the remedy, and nothing kept of it.

const GWEI = 10n ** 9n;
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const sender = devnetAccount(5);
const to = devnetAccount(1).address;

const GOOD = {
  chainId: 31_337,
  nonce: 0,
  to,
  value: 1n,
  gas: 21_000n,
  maxFeePerGas: 100n * GWEI,
  maxPriorityFeePerGas: GWEI,
} as const;

function sign(change: Partial<TransactionSerializable> = {}): Promise<Hex> {
  const { maxFeePerGas, maxPriorityFeePerGas, ...rest } = GOOD;
  const fees = "gasPrice" in change ? {} : { maxFeePerGas, maxPriorityFeePerGas };
  return sender.signTransaction({ ...rest, ...fees, ...change } as TransactionSerializable);
}

/** The fields of a signed transaction of type 2, changed without signing again. */
async function tamper(change: (fields: Hex[]) => void): Promise<Hex> {
  const fields = fromRlp(`0x${(await sign()).slice(4)}`, "hex") as Hex[];
  change(fields);
  return concatHex(["0x02", toRlp(fields)]);
}

const VALUE = 6;
const Y_PARITY = 9;
const S = 11;

type Case = {
  readonly name: string;
  readonly raw: () => Promise<Hex> | Hex;
  readonly code: number;
  readonly reason: string;
  /** What is wrong, the limit, and what to do, where there is something to do. */
  readonly says: RegExp;
};

const INVALID = -32602;
const REJECTED = -32003;

const CASES: readonly Case[] = [
  {
    name: "no bytes",
    raw: () => "0x",
    code: INVALID,
    reason: "TRANSACTION_EMPTY",
    says: /has no bytes/,
  },
  {
    name: "bytes after the transaction",
    raw: async () => concatHex([await sign(), "0x00"]),
    code: INVALID,
    reason: "INVALID_RLP",
    says: /1 bytes follow the item/,
  },
  {
    name: "a transaction that is cut off",
    raw: async () => (await sign()).slice(0, -2) as Hex,
    code: INVALID,
    reason: "INVALID_RLP",
    says: /109 bytes announced, 108 there/,
  },
  {
    name: "an integer with a leading zero",
    raw: () => tamper((fields) => void fields.splice(VALUE, 1, "0x0001")),
    code: INVALID,
    reason: "INVALID_FIELD",
    says: /value has leading zeros/,
  },
  {
    name: "a zero that is written as a byte",
    raw: () => tamper((fields) => void fields.splice(1, 1, "0x00")),
    code: INVALID,
    reason: "INVALID_FIELD",
    says: /nonce has leading zeros/,
  },
  {
    name: "a field too many",
    raw: () => tamper((fields) => void fields.push("0x")),
    code: INVALID,
    reason: "INVALID_FIELD",
    says: /has 13 items instead of 12/,
  },
  {
    name: "the high one of two s",
    raw: () =>
      tamper((fields) => {
        fields[S] = numberToHex(CURVE_ORDER - BigInt(fields[S] ?? 0));
        fields[Y_PARITY] = fields[Y_PARITY] === "0x01" ? "0x" : "0x01";
      }),
    code: INVALID,
    reason: "SIGNATURE_NOT_LOW",
    says: /s is over half the curve's order \(EIP-2\); use n - s/,
  },
  {
    name: "a signature of zeros",
    raw: () => tamper((fields) => void fields.splice(S, 1, "0x")),
    code: INVALID,
    reason: "SIGNATURE_RANGE",
    says: /s is 0; it lies between 1 and the curve's order/,
  },
  {
    name: "another chain's id",
    raw: () => sign({ chainId: 1 }),
    code: INVALID,
    reason: "CHAIN_ID",
    says: /have 1, want 31337; select this network/,
  },
  {
    name: "another chain's id in a legacy transaction",
    raw: () => sign({ type: "legacy", gasPrice: 100n * GWEI, chainId: 5 }),
    code: INVALID,
    reason: "CHAIN_ID",
    says: /have 5, want 31337/,
  },
  {
    name: "a legacy transaction for any chain",
    raw: async () => {
      const { chainId: _, maxFeePerGas, maxPriorityFeePerGas: __, ...rest } = GOOD;
      return sender.signTransaction({ ...rest, type: "legacy", gasPrice: maxFeePerGas });
    },
    code: INVALID,
    reason: "CHAIN_ID_MISSING",
    says: /EIP-155.*sign for chain id 31337/,
  },
  {
    name: "a type that is not offered",
    raw: async () => concatHex(["0x03", `0x${(await sign()).slice(4)}`]),
    code: INVALID,
    reason: "TRANSACTION_TYPE",
    says: /type 3/,
  },
  {
    name: "more bytes than a transaction may have",
    raw: () => concatHex(["0x02", toRlp(toHex(new Uint8Array(DEVNET.transactionBytesMax)))]),
    code: INVALID,
    reason: "TRANSACTION_TOO_LARGE",
    says: new RegExp(`${DEVNET.transactionBytesMax}`),
  },
  {
    name: "less gas than any such transaction needs",
    raw: () => sign({ gas: 20_999n }),
    code: REJECTED,
    reason: "GAS_LIMIT_TOO_LOW",
    says: /have 20999, want 21000; raise/,
  },
  {
    name: "more gas than a transaction may have",
    raw: () => sign({ gas: DEVNET.transactionGasMax + 1n }),
    code: REJECTED,
    reason: "GAS_LIMIT_TOO_HIGH",
    says: /have 67108865, at most 67108864; lower/,
  },
  {
    name: "a tip over the fee",
    raw: () => tamper((fields) => void fields.splice(2, 1, numberToHex(200n * GWEI))),
    code: REJECTED,
    reason: "TIP_ABOVE_FEE",
    says: /raise maxFeePerGas/,
  },
  {
    name: "a fee under the base fee",
    raw: () => sign({ maxFeePerGas: 6n, maxPriorityFeePerGas: 0n }),
    code: REJECTED,
    reason: "FEE_BELOW_BASE",
    says: /maxFeePerGas 6, baseFee \d+; raise the fee/,
  },
  {
    name: "more value than the sender has",
    raw: () => sign({ value: 10_001n * 10n ** 18n }),
    code: REJECTED,
    reason: "INSUFFICIENT_FUNDS",
    says: /balance \d+, tx cost \d+, overshot \d+; add funds/,
  },
  {
    name: "a nonce too far ahead",
    raw: () => sign({ nonce: 65 }),
    code: REJECTED,
    reason: "NONCE_TOO_FAR",
    says: /nonce 65 leaves a gap; the first missing is 0, and at most 64 may wait; send the missing/,
  },
  {
    name: "init code over EIP-3860's limit",
    raw: () => sign({ to: null, gas: 2_000_000n, data: toHex(new Uint8Array(49_153)) }),
    code: REJECTED,
    reason: "INIT_CODE_TOO_LARGE",
    says: /49153 bytes, at most 49152 \(EIP-3860\); split/,
  },
  {
    name: "an envelope of a kind that there is not",
    raw: () => sign({ to: null, gas: 1_000_000n, data: "0xefdc010900000001aa" }),
    code: REJECTED,
    reason: "ENVELOPE_KIND",
    says: /kind is 9; known are 1/,
  },
  {
    name: "an envelope that ends before its payload does",
    raw: () => sign({ to: null, gas: 1_000_000n, data: "0xefdc010100000002aa" }),
    code: REJECTED,
    reason: "ENVELOPE_TRUNCATED",
    says: /ends at byte 9; its header asks for 10/,
  },
  {
    name: "a module over 512 KiB",
    raw: () => {
      const module = encodeEnvelope(CODE_KINDS.wasm, new Uint8Array(512 * 1024 + 1));
      return sign({ to: null, gas: 30_000_000n, data: toHex(module) });
    },
    code: REJECTED,
    reason: "PAYLOAD_TOO_LARGE",
    says: /524289 bytes; kind 1 takes at most 524288/,
  },
];

for (const { name, raw, code, reason, says } of CASES) {
  test(`a transaction with ${name} is refused as ${reason}`, async () => {
    const { call, reader } = await sharedDevnet();
    const bytes = await raw();
    const before = await call("txpool_status");
    const { error } = await call("eth_sendRawTransaction", bytes);
    assert.deepEqual(
      [error?.code, (error?.data as { code: string } | undefined)?.code],
      [code, reason],
      `${error?.message} (${size(bytes)} bytes)`,
    );
    assert.match(error?.message ?? "", says);
    assert.deepEqual(await call("txpool_status"), before);
    await assert.rejects(reader.getTransaction({ hash: keccak256(bytes) }), /could not be found/);
    assert.equal(
      await reader.getTransactionCount({ address: sender.address, blockTag: "pending" }),
      0,
    );
  });
}

test("a transaction that costs too little to replace another one is refused", async () => {
  const { call } = await sharedDevnet();
  const account = devnetAccount(6);
  const request = { ...GOOD, type: "eip1559", nonce: 1 } as const;
  const first = await account.signTransaction(request);
  assert.deepEqual((await call("eth_sendRawTransaction", first)).result, keccak256(first));
  const again = await call("eth_sendRawTransaction", first);
  assert.match(again.error?.message ?? "", /^already known/);
  const maxFeePerGas = (GOOD.maxFeePerGas * 109n) / 100n;
  const { error } = await call(
    "eth_sendRawTransaction",
    await account.signTransaction({ ...request, maxFeePerGas, maxPriorityFeePerGas: 2n * GWEI }),
  );
  assert.deepEqual(error?.data, {
    code: "REPLACEMENT_UNDERPRICED",
    field: "maxFeePerGas",
    value: numberToHex(maxFeePerGas),
    needed: numberToHex(110n * GWEI),
  });
  assert.match(error?.message ?? "", /at least 110000000000 needed \(10 % more in both fees\)/);
  // What was there before stays, and is listed when its gap closes.
  await call("eth_sendRawTransaction", await account.signTransaction({ ...request, nonce: 0 }));
  assert.equal((await (await sharedDevnet()).receipt(keccak256(first))).status, "success");
});

test("a nonce that is used is refused, and the next one named", async () => {
  const { call, receipt } = await sharedDevnet();
  const account = devnetAccount(7);
  const raw = await account.signTransaction({ ...GOOD, type: "eip1559" });
  await call("eth_sendRawTransaction", raw);
  await receipt(keccak256(raw));
  const other = await account.signTransaction({ ...GOOD, type: "eip1559", value: 2n });
  const { error } = await call("eth_sendRawTransaction", other);
  assert.equal(error?.message, "nonce too low: next nonce 1, tx nonce 0; sign with the next nonce");
});
