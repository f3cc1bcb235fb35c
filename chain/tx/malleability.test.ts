import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concatBytes,
  decodeRlp,
  type ErrorFacts,
  encodeRlp,
  fromHex,
  InvalidInput,
  type RlpItem,
  toHex,
} from "@delchain/runtime";
import fc from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import { unsignedTransactions } from "./arbitraries.ts";
import { decodeTransaction, encodeTransaction } from "./codec.ts";
import { integerBytes } from "./rlpFields.ts";
import { CURVE_ORDER, S_MAX } from "./signature.ts";
import { nobleRecovery, recoverSender, signTransaction } from "./signer.ts";
import { TEST_KEY } from "./testTransactions.ts";
import type { UnsignedTransaction } from "./transaction.ts";

const EMPTY = new Uint8Array(0);

function refusal(raw: Uint8Array): ErrorFacts | "accepted" {
  try {
    decodeTransaction(raw, DEVNET);
    return "accepted";
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return error.facts;
  }
}

function code(raw: Uint8Array): string {
  const facts = refusal(raw);
  return facts === "accepted" ? facts : facts.code;
}

function sample(type: 0 | 1 | 2): UnsignedTransaction {
  const found = fc.sample(unsignedTransactions, 100).find((unsigned) => unsigned.type === type);
  assert(found, "a hundred samples hold each type");
  return { ...found, nonce: 5n, gasLimit: 30_000n, value: 1n, data: Uint8Array.of(1, 2) };
}

/** A signed transaction of the type as a list to change, and the way back to bytes. */
function parts(type: 0 | 1 | 2): {
  readonly fields: readonly RlpItem[];
  readonly join: (fields: readonly RlpItem[]) => Uint8Array;
} {
  const raw = signTransaction(sample(type), fromHex(TEST_KEY));
  const prefix = type === 0 ? EMPTY : Uint8Array.of(type);
  return {
    fields: decodeRlp(raw.subarray(prefix.length)) as readonly RlpItem[],
    join: (fields) => concatBytes(prefix, encodeRlp(fields)),
  };
}

/** Where a type keeps a field; the signature stands at the end. */
function place(type: 0 | 1 | 2, field: string): number {
  const names = {
    0: "nonce gasPrice gasLimit to value data v r s",
    1: "chainId nonce gasPrice gasLimit to value data accessList yParity r s",
    2: "chainId nonce maxPriorityFeePerGas maxFeePerGas gasLimit to value data accessList yParity r s",
  };
  return names[type].split(" ").indexOf(field);
}

test("any change of any byte makes other bytes or another sender: no hash changes without its key", () => {
  fc.assert(
    fc.property(unsignedTransactions, fc.nat(), fc.nat(255), (unsigned, position, byte) => {
      const raw = signTransaction(unsigned, fromHex(TEST_KEY));
      const sender = recoverSender(decodeTransaction(raw, DEVNET), nobleRecovery);
      const changed = Uint8Array.from(raw);
      changed[position % raw.length] = byte;
      if (toHex(changed) === toHex(raw) || code(changed) !== "accepted") return;
      const decoded = decodeTransaction(changed, DEVNET);
      assert.equal(toHex(encodeTransaction(decoded.transaction)), toHex(changed));
      try {
        assert.notEqual(recoverSender(decoded, nobleRecovery), sender);
      } catch (error) {
        assert(error instanceof InvalidInput, String(error));
      }
    }),
    { numRuns: 200 },
  );
});

test("the other signature of the same key, n - s with the parity turned, is refused", () => {
  for (const type of [0, 1, 2] as const) {
    const { fields, join } = parts(type);
    const [parityAt, sAt] = [fields.length - 3, fields.length - 1];
    const s = BigInt(toHex(fields[sAt] as Uint8Array));
    const parity = fields[parityAt] as Uint8Array;
    const v = parity.length === 0 ? 0n : BigInt(toHex(parity));
    const turned = type === 0 ? (v % 2n === 0n ? v - 1n : v + 1n) : 1n - v;
    const twin = fields
      .with(parityAt, integerBytes(turned))
      .with(sAt, integerBytes(CURVE_ORDER - s));
    assert.equal(code(join(fields)), "accepted");
    assert.equal(code(join(twin)), "SIGNATURE_NOT_LOW", `type ${type}`);
  }
});

test("r and s lie between 1 and their greatest value", () => {
  const { fields, join } = parts(2);
  const withSignature = (r: bigint, s: bigint) =>
    code(join(fields.with(10, integerBytes(r)).with(11, integerBytes(s))));
  assert.deepEqual(
    {
      smallest: withSignature(1n, 1n),
      largest: withSignature(CURVE_ORDER - 1n, S_MAX),
      "r zero": withSignature(0n, 1n),
      "s zero": withSignature(1n, 0n),
      "r is the order": withSignature(CURVE_ORDER, 1n),
      "s one too high": withSignature(1n, S_MAX + 1n),
      "s is the order": withSignature(1n, CURVE_ORDER),
    },
    {
      smallest: "accepted",
      largest: "accepted",
      "r zero": "SIGNATURE_RANGE",
      "s zero": "SIGNATURE_RANGE",
      "r is the order": "SIGNATURE_RANGE",
      "s one too high": "SIGNATURE_NOT_LOW",
      "s is the order": "SIGNATURE_RANGE",
    },
  );
});

test("yParity is 0 or 1, and v carries our chain id", () => {
  const typed = (type: 1 | 2, parity: Uint8Array) => {
    const { fields, join } = parts(type);
    return code(join(fields.with(place(type, "yParity"), parity)));
  };
  const legacy = (v: bigint) => {
    const { fields, join } = parts(0);
    return code(join(fields.with(6, integerBytes(v))));
  };
  const ours = DEVNET.chainId * 2n + 35n;
  assert.deepEqual(
    [typed(1, Uint8Array.of(2)), typed(2, Uint8Array.of(27)), typed(2, Uint8Array.of(0))],
    ["SIGNATURE_PARITY", "SIGNATURE_PARITY", "INVALID_FIELD"],
  );
  assert.deepEqual([27n, 28n, 0n, 34n, 37n, ours - 1n, ours, ours + 1n, ours + 2n].map(legacy), [
    "CHAIN_ID_MISSING",
    "CHAIN_ID_MISSING",
    "CHAIN_ID_MISSING",
    "CHAIN_ID_MISSING",
    "CHAIN_ID",
    "CHAIN_ID",
    "accepted",
    "accepted",
    "CHAIN_ID",
  ]);
});

test("types 1 and 2 carry our chain id", () => {
  for (const type of [1, 2] as const) {
    const { fields, join } = parts(type);
    assert.deepEqual(refusal(join(fields.with(0, integerBytes(1n)))), {
      code: "CHAIN_ID",
      chainId: 1n,
      expected: DEVNET.chainId,
    });
  }
});

test("a leading zero in any integer of any type is refused", () => {
  for (const type of [0, 1, 2] as const) {
    const { fields, join } = parts(type);
    const others = ["to", "data", "accessList"].map((field) => place(type, field));
    fields.forEach((field, i) => {
      if (others.includes(i)) return;
      const padded = concatBytes(Uint8Array.of(0), field as Uint8Array);
      assert.equal(code(join(fields.with(i, padded))), "INVALID_FIELD", `type ${type} field ${i}`);
    });
  }
});

test("a field that is a list instead of bytes, or bytes instead of a list, is refused", () => {
  for (const type of [0, 1, 2] as const) {
    const { fields, join } = parts(type);
    fields.forEach((field, i) => {
      const other = field instanceof Uint8Array ? [] : EMPTY;
      assert.equal(code(join(fields.with(i, other))), "INVALID_FIELD", `type ${type} field ${i}`);
    });
  }
});

test("a field too many or too few is refused", () => {
  for (const type of [0, 1, 2] as const) {
    const { fields, join } = parts(type);
    assert.equal(code(join(fields.slice(0, -1))), "INVALID_FIELD");
    assert.equal(code(join([...fields, EMPTY])), "INVALID_FIELD");
    assert.equal(code(join([])), "INVALID_FIELD");
  }
});

test("integers stop where their fields stop", () => {
  const at = (field: string, value: bigint) => {
    const { fields, join } = parts(2);
    return code(join(fields.with(place(2, field), integerBytes(value))));
  };
  assert.deepEqual(
    [
      at("nonce", 2n ** 64n - 2n),
      at("nonce", 2n ** 64n - 1n),
      at("nonce", 2n ** 64n),
      at("gasLimit", 2n ** 64n - 1n),
      at("gasLimit", 2n ** 64n),
      at("value", 2n ** 256n - 1n),
      at("value", 2n ** 256n),
      at("maxFeePerGas", 2n ** 256n),
    ],
    [
      "accepted",
      "NONCE_TOO_HIGH",
      "INVALID_FIELD",
      "accepted",
      "INVALID_FIELD",
      "accepted",
      "INVALID_FIELD",
      "INVALID_FIELD",
    ],
  );
});

test("to has no bytes or twenty, an access list entry an address and slots of 32 bytes", () => {
  const { fields, join } = parts(2);
  const to = (length: number) => code(join(fields.with(5, new Uint8Array(length))));
  assert.deepEqual([0, 1, 19, 20, 21, 32].map(to), [
    "accepted",
    "INVALID_FIELD",
    "INVALID_FIELD",
    "accepted",
    "INVALID_FIELD",
    "INVALID_FIELD",
  ]);
  const address = new Uint8Array(20);
  const list = (accessList: RlpItem) => code(join(fields.with(8, accessList)));
  assert.deepEqual(
    [
      list([[address, [new Uint8Array(32)]]]),
      list([[address, [new Uint8Array(31)]]]),
      list([[new Uint8Array(19), []]]),
      list([[address]]),
      list([[address, [], []]]),
      list([[address, address]]),
      list([address]),
    ],
    ["accepted", ...Array.from({ length: 6 }, () => "INVALID_FIELD")],
  );
});

test("trailing bytes, other lengths of lengths and foreign wrappings are refused", () => {
  for (const type of [0, 1, 2] as const) {
    const { fields, join } = parts(type);
    const raw = join(fields);
    const body = type === 0 ? raw : raw.subarray(1);
    const prefix = type === 0 ? EMPTY : Uint8Array.of(type);
    // 0xf8 says that one byte of length follows; 0xf9 says two.
    const longer = concatBytes(prefix, Uint8Array.of(0xf9, 0), body.subarray(1));
    assert.equal(code(concatBytes(raw, Uint8Array.of(0))), "INVALID_RLP");
    assert.equal(code(longer), "INVALID_RLP");
    assert.equal(code(raw.subarray(0, -1)), "INVALID_RLP");
    // As it stands in a block's body: a typed transaction inside a byte string.
    assert.notEqual(code(encodeRlp(raw)), "accepted");
  }
});

test("other types are refused by their names, and nothing at all is no transaction", () => {
  const type = (first: number) => refusal(Uint8Array.of(first, 0xc0));
  for (const first of [0, 3, 4, 5, 0x7e, 0x7f, 0x80, 0xbf]) {
    assert.deepEqual(type(first), { code: "TRANSACTION_TYPE", type: first });
  }
  assert.throws(() => decodeTransaction(Uint8Array.of(3, 0xc0), DEVNET), /blobs, EIP-4844/);
  assert.throws(() => decodeTransaction(Uint8Array.of(4, 0xc0), DEVNET), /set code, EIP-7702/);
  assert.equal(code(EMPTY), "TRANSACTION_EMPTY");
  assert.equal(code(Uint8Array.of(2)), "INVALID_RLP");
});

test("a transaction has as many bytes as the spec says and no more", () => {
  const limit = 100_000;
  const { fields, join } = parts(2);
  const overhead = join(fields.with(7, new Uint8Array(90_000))).length - 90_000;
  const rules = { ...DEVNET, transactionBytesMax: limit };
  const sized = (length: number) => join(fields.with(7, new Uint8Array(length - overhead)));
  assert.equal(sized(limit).length, limit);
  assert.doesNotThrow(() => decodeTransaction(sized(limit), rules));
  assert.throws(
    () => decodeTransaction(sized(limit + 1), rules),
    (error) => {
      assert(error instanceof InvalidInput);
      assert.deepEqual(error.facts, { code: "TRANSACTION_TOO_LARGE", length: limit + 1, limit });
      assert.match(error.message, /^oversized data/);
      return true;
    },
  );
});

test("nested lists without end cost no stack", () => {
  const bomb = new Uint8Array(DEVNET.transactionBytesMax & ~3);
  const view = new DataView(bomb.buffer);
  for (let at = 0; at < bomb.length; at += 4)
    view.setUint32(at, 0xfa_000000 + bomb.length - at - 4);
  assert.equal(code(bomb), "INVALID_RLP");
  assert.equal(code(concatBytes(Uint8Array.of(2), bomb.subarray(4))), "INVALID_RLP");
});

test("what cannot be decoded cannot be encoded either", () => {
  const transaction = decodeTransaction(
    signTransaction(sample(2), fromHex(TEST_KEY)),
    DEVNET,
  ).transaction;
  for (const s of [0n, S_MAX + 1n]) {
    const signature = { ...transaction.signature, s };
    assert.throws(() => encodeTransaction({ ...transaction, signature }), InvalidInput);
  }
});
