import assert from "node:assert/strict";
import { test } from "node:test";
import { CODE_KINDS, encodeEnvelope, PAYLOAD_BYTES_MAX, toHex } from "@delchain/runtime";
import { type ProgramKind, programCode } from "./program.ts";

const KINDS = Object.keys(CODE_KINDS) as ProgramKind[];

test("the code of a program is the envelope that the chain takes apart, whatever its payload comes as", () => {
  for (const kind of KINDS) {
    const text = "<?php // é";
    const bytes = new TextEncoder().encode(text);
    const expected = toHex(encodeEnvelope(CODE_KINDS[kind], bytes));
    assert.equal(programCode({ kind, payload: bytes }), expected);
    assert.equal(programCode({ kind, payload: toHex(bytes) }), expected);
    assert.equal(programCode({ kind, payload: text }), expected);
  }
});

test("a payload that the chain would refuse is refused with its size and the limit", () => {
  for (const kind of KINDS) {
    const limit = PAYLOAD_BYTES_MAX[CODE_KINDS[kind]];
    assert.equal(programCode({ kind, payload: new Uint8Array(limit) }).length, 2 + 2 * (limit + 8));
    const wanted = new RegExp(`kind ${kind} has 1 to ${limit} bytes; this one has ${limit + 1}\\.`);
    assert.throws(() => programCode({ kind, payload: new Uint8Array(limit + 1) }), wanted);
    assert.throws(() => programCode({ kind, payload: "0x" }), /this one has 0\./);
  }
});
