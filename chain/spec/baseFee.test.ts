import assert from "node:assert/strict";
import { test } from "node:test";
import { createBlockHeader } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import fc from "fast-check";
import { nextBaseFee } from "./baseFee.ts";
import { DEVNET } from "./devnet.ts";

const rule = DEVNET.baseFeeRule;
const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });

test("the next base fee is what EIP-1559 gives", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 7n, max: 10n ** 15n }),
      fc.bigInt({ min: 5_000n, max: 2n ** 30n }),
      fc.bigInt({ min: 0n, max: 2n ** 30n }),
      (baseFeePerGas, gasLimit, used) => {
        const gasUsed = used % (gasLimit + 1n);
        const header = createBlockHeader({ gasLimit, gasUsed, baseFeePerGas }, { common });
        assert.equal(
          nextBaseFee(rule, { baseFee: baseFeePerGas, gasUsed, gasLimit }),
          header.calcNextBaseFee(),
        );
      },
    ),
  );
});

test("a full block raises the fee by an eighth, an empty one lowers it by one, the target keeps it", () => {
  const next = (gasUsed: bigint) => nextBaseFee(rule, { baseFee: 800n, gasUsed, gasLimit: 1_000n });
  assert.deepEqual([next(1_000n), next(500n), next(0n)], [900n, 800n, 700n]);
});

test("the fee rises by one wei at least, and never falls below its minimum", () => {
  assert.equal(nextBaseFee(rule, { baseFee: 7n, gasUsed: 501n, gasLimit: 1_000n }), 8n);
  const strict = { ...rule, min: 750n };
  assert.equal(nextBaseFee(strict, { baseFee: 800n, gasUsed: 0n, gasLimit: 1_000n }), 750n);
  assert.equal(nextBaseFee(strict, { baseFee: 1n, gasUsed: 500n, gasLimit: 1_000n }), 750n);
  assert.equal(nextBaseFee(strict, { baseFee: 1n, gasUsed: 1_000n, gasLimit: 1_000n }), 750n);
});
