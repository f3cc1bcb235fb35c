import { EvmExecutor } from "../../runtime/evm/evmExecutor.ts";
import { MemoryView } from "../../runtime/state/memoryView.ts";
import { toAddress } from "../../runtime/types/address.ts";
import { fromHex } from "../../runtime/types/bytes.ts";
import type { BlockContext } from "../../runtime/types/context.ts";
import { ZERO_HASH } from "../../runtime/types/hash.ts";
import { timeCpuMs } from "./cpuTime.ts";

const SENDER = toAddress(`0x${"11".repeat(20)}`);
const LOOP = toAddress(`0x${"aa".repeat(20)}`);
const GAS = 30_000_000;
const REPEATS = 5;

// PUSH0; JUMPDEST; add 3, add 5, multiply by 7; jump to the JUMPDEST: round and round until gas is gone.
const CODE = fromHex("0x5f5b600301600501600702600156");

const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1n,
  gasLimit: 2n ** 40n,
  baseFee: 0n,
  producer: SENDER,
  randomness: ZERO_HASH,
};

/** Nanoseconds of CPU that a gas of EVM arithmetic in a loop takes on the engine. */
export function evmNsPerGas(): number {
  const view = new MemoryView();
  view.set(SENDER, { balance: 10n ** 24n });
  view.set(LOOP, { code: CODE, nonce: 1n });
  const executor = new EvmExecutor({ tiers: [], transactionGasCap: 2 ** 26 });
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++) {
    const block = executor.openBlock(BLOCK, view);
    least = Math.min(
      least,
      timeCpuMs(() => {
        block.execute([
          {
            type: 2,
            sender: SENDER,
            to: LOOP,
            nonce: 0n,
            gasLimit: BigInt(GAS),
            maxFeePerGas: 0n,
            maxPriorityFeePerGas: 0n,
            value: 0n,
            data: new Uint8Array(),
            accessList: [],
          },
        ]);
      }),
    );
  }
  return (least * 1e6) / GAS;
}
