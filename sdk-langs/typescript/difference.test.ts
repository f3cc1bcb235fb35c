import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AbiFunction,
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  numberToHex,
  parseAbi,
} from "viem";
import { describeCause } from "./causes.ts";
import { describeDifference } from "./difference.ts";
import type { ReplicaResult } from "./explanation.ts";

const ABI = parseAbi([
  "event Seen(address indexed who, uint256 when, string note)",
  "function look() returns (uint256 count, string text)",
  "function now() returns (uint256)",
]);
const [look, now] = ABI.filter(
  (entry): entry is Extract<typeof entry, AbiFunction> => entry.type === "function",
);
const WHO = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

function returned(output: Hex, logs: ReplicaResult["logs"] = []): ReplicaResult {
  return { status: "success", output, logs };
}

function seen(when: bigint, note: string): ReplicaResult {
  const topics = encodeEventTopics({ abi: ABI, eventName: "Seen", args: { who: WHO } }) as Hex[];
  const data = encodeAbiParameters([{ type: "uint256" }, { type: "string" }], [when, note]);
  return returned("0x", [{ topics, data }]);
}

test("a difference is told by the names of the ABI", () => {
  const place = { left: "0x…", right: "0x…" };
  const outputs = (count: bigint, text: string): Hex =>
    encodeAbiParameters([{ type: "uint256" }, { type: "string" }], [count, text]);
  const returns = [returned(outputs(7n, "a")), returned(outputs(7n, "b"))] as const;
  const numbers = [
    returned(numberToHex(1, { size: 32 })),
    returned(numberToHex(2, { size: 32 })),
  ] as const;
  assert.deepEqual(
    [
      describeDifference({ where: "output byte 96", ...place, results: returns }, ABI, look),
      describeDifference({ where: "output byte 0", ...place, results: numbers }, ABI, now),
      describeDifference(
        { where: "log 0 data byte 0", ...place, results: [seen(5n, "x"), seen(6n, "x")] },
        ABI,
      ),
      describeDifference({
        where: `storage ${numberToHex(3, { size: 32 })}`,
        left: "1",
        right: "2",
        results: undefined,
      }),
    ],
    [
      "return value text is a in one and b in another",
      "return value is 1 in one and 2 in another",
      "event Seen, argument when is 5 in one and 6 in another",
      "storage slot 3 is 1 in one and 2 in another",
    ],
  );
});

test("what the ABI does not explain is told as it is, and long values are cut", () => {
  const slot = `storage 0x${"ab".repeat(32)}`;
  const garbage = [returned("0x01"), returned("0x02")] as const;
  const difference = { where: "output byte 0", left: `0x${"11".repeat(64)}`, right: "0x02" };
  assert.deepEqual(
    [
      describeDifference({ where: slot, left: "1", right: "nothing", results: undefined }),
      describeDifference({ ...difference, results: garbage }, ABI, now),
      describeDifference({ ...difference, results: undefined }, ABI, now),
    ],
    [
      `${slot} is 1 in one and nothing in another`,
      `output byte 0 is 0x${"11".repeat(39)}… in one and 0x02 in another`,
      `output byte 0 is 0x${"11".repeat(39)}… in one and 0x02 in another`,
    ],
  );
});

test("a cause that a newer node names is shown by its name", () => {
  assert.equal(describeCause("time").what, "the clock");
  assert.equal(describeCause("tides").what, "tides");
});
