import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concatBytes,
  type ErrorFacts,
  encodeEnvelope,
  fromHex,
  InvalidInput,
  toAddress,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createTx } from "@ethereumjs/tx";
import fc from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import { unsignedTransactions } from "./arbitraries.ts";
import { checkTransaction, INIT_CODE_BYTES_MAX, intrinsicGas, maxCost } from "./intrinsic.ts";
import { decodedTransfer } from "./testTransactions.ts";
import type { Transaction, UnsignedTransaction } from "./transaction.ts";

const common = createCustomCommon({ chainId: Number(DEVNET.chainId) }, Mainnet, {
  hardfork: Hardfork.Osaka,
});
const WASM = fromHex("0x0061736d01000000");
const address = toAddress("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");

function transaction(fields: Partial<Extract<UnsignedTransaction, { type: 2 }>>): Transaction {
  const { type: _, ...rest } = fields;
  return decodedTransfer({ gasLimit: 10_000_000n, ...rest }).transaction;
}

function refusal(fields: Parameters<typeof transaction>[0]): ErrorFacts | undefined {
  try {
    checkTransaction(transaction(fields), DEVNET);
    return undefined;
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return error.facts;
  }
}

test("the gas before any code runs is that of @ethereumjs/tx, EIP-7623's floor included", () => {
  fc.assert(
    fc.property(unsignedTransactions, fc.nat(3_000), (sample, zeros) => {
      const unsigned = { ...sample, data: concatBytes(sample.data, new Uint8Array(zeros)) };
      const accessList =
        unsigned.type === 0
          ? {}
          : {
              accessList: unsigned.accessList.map(({ address: account, slots }) => ({
                address: account,
                storageKeys: slots,
              })),
            };
      const theirs = createTx(
        {
          type: unsigned.type,
          chainId: unsigned.chainId,
          data: toHex(unsigned.data),
          ...(unsigned.to === undefined ? {} : { to: unsigned.to }),
          ...accessList,
        },
        { common },
      );
      const floor = 21_000n + floorOf(unsigned.data);
      const gas = theirs.getIntrinsicGas();
      assert.equal(intrinsicGas(unsigned), gas > floor ? gas : floor);
    }),
    { numRuns: 60 },
  );
});

function floorOf(data: Uint8Array): bigint {
  return data.reduce((gas, byte) => gas + (byte === 0 ? 10n : 40n), 0n);
}

test("our envelopes and bare modules pay 53,000 and their access list, however long they are", () => {
  const envelope = encodeEnvelope(2, new Uint8Array(100_000).fill(1), new Uint8Array(100).fill(1));
  const gas = (data: Uint8Array, to?: typeof address) =>
    intrinsicGas(transaction({ data, to, gasLimit: 60_000_000n }));
  assert.deepEqual([gas(envelope), gas(WASM)], [53_000n, 53_000n]);
  const accessList = [{ address, slots: [ZERO_HASH] }];
  assert.equal(intrinsicGas(transaction({ data: WASM, to: undefined, accessList })), 57_300n);
  // Sent to an account they are calldata like any other.
  assert.equal(gas(WASM, address), 21_000n + 4n * 10n + 4n * 40n);
});

test("a gas limit one below what is needed is refused with both numbers", () => {
  assert.equal(refusal({ gasLimit: 21_000n }), undefined);
  assert.deepEqual(refusal({ gasLimit: 20_999n }), {
    code: "GAS_LIMIT_TOO_LOW",
    gasLimit: 20_999n,
    needed: 21_000n,
  });
  assert.throws(
    () => checkTransaction(transaction({ gasLimit: 1n }), DEVNET),
    /intrinsic gas too low: have 1, want 21000/,
  );
});

test("a gas limit goes up to the transaction's cap and no further", () => {
  const limit = DEVNET.transactionGasMax;
  assert.equal(refusal({ gasLimit: limit }), undefined);
  assert.deepEqual(refusal({ gasLimit: limit + 1n }), {
    code: "GAS_LIMIT_TOO_HIGH",
    gasLimit: limit + 1n,
    limit,
  });
});

test("a tip may equal the fee and not pass it", () => {
  assert.equal(refusal({ maxFeePerGas: 5n, maxPriorityFeePerGas: 5n }), undefined);
  assert.deepEqual(refusal({ maxFeePerGas: 5n, maxPriorityFeePerGas: 6n }), {
    code: "TIP_ABOVE_FEE",
    tip: 6n,
    fee: 5n,
  });
});

test("a cost that no balance can hold is refused as what it is", () => {
  const gasLimit = 21_000n;
  const value = 2n ** 256n - 1n - gasLimit * 5n;
  const fees = { maxFeePerGas: 5n, maxPriorityFeePerGas: 0n, gasLimit };
  assert.equal(refusal({ ...fees, value }), undefined);
  assert.deepEqual(refusal({ ...fees, value: value + 1n }), {
    code: "COST_OVERFLOW",
    cost: 2n ** 256n,
  });
  assert.equal(maxCost(transaction({ ...fees, value: 3n })), 105_003n);
});

test("EVM init code goes up to EIP-3860's limit, calldata and envelopes beyond it", () => {
  const gasLimit = DEVNET.transactionGasMax;
  const data = (length: number) => new Uint8Array(length).fill(0x5b);
  const create = (length: number) => refusal({ to: undefined, data: data(length), gasLimit });
  assert.equal(create(INIT_CODE_BYTES_MAX), undefined);
  assert.deepEqual(create(INIT_CODE_BYTES_MAX + 1), {
    code: "INIT_CODE_TOO_LARGE",
    length: INIT_CODE_BYTES_MAX + 1,
    limit: INIT_CODE_BYTES_MAX,
  });
  assert.equal(refusal({ to: address, data: data(INIT_CODE_BYTES_MAX + 1), gasLimit }), undefined);
  const envelope = encodeEnvelope(1, data(512 * 1024));
  assert.equal(refusal({ to: undefined, data: envelope, gasLimit }), undefined);
});

test("a broken envelope is refused before anything is stored or paid", () => {
  const broken = {
    truncated: fromHex("0xefdc0101"),
    "shorter than it says": fromHex("0xefdc010100000005aabb"),
    "unknown kind": fromHex("0xefdc010900000001aa"),
    empty: fromHex("0xefdc010100000000"),
    "too large": encodeEnvelope(3, new Uint8Array(16 * 1024 + 1)),
  };
  const codes = Object.values(broken).map((data) => refusal({ to: undefined, data })?.code);
  assert.deepEqual(codes, [
    "ENVELOPE_TRUNCATED",
    "ENVELOPE_TRUNCATED",
    "ENVELOPE_KIND",
    "PAYLOAD_EMPTY",
    "PAYLOAD_TOO_LARGE",
  ]);
});
