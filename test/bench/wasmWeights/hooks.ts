import { GasMeter } from "../../../runtime/host/meter.ts";
import { PRICES } from "../../../runtime/host/prices.ts";
import { addressToBytes } from "../../../runtime/types/address.ts";
import { concatBytes } from "../../../runtime/types/bytes.ts";
import { keccak256 } from "../../../runtime/types/hash.ts";
import { account, CALLER, MapChain, MapHost } from "../../../runtime/wasm/testing/mapHost.ts";
import { command, PROBE, u32, word } from "../../../runtime/wasm/testing/probe.ts";
import { WasmTier } from "../../../runtime/wasm/wasmTier.ts";
import { cpuMs } from "../cpuTime.ts";

const A = account(0xaa);
const GAS = 2 ** 30;
const CALLS = 300;
const ROUNDS = 7;
const COMMANDS = 200;
/** The probe steps over commands that it does not know. */
const UNKNOWN_COMMAND = 250;
const HASH = keccak256(PROBE);

/** Gas and nanoseconds of one thing. */
export type PricedTime = { readonly gas: number; readonly ns: number };

/** Calls the probe with the commands; least nanoseconds and the gas of one call. */
function timeCall(input: Uint8Array): PricedTime {
  const tier = new WasmTier();
  const chain = new MapChain(tier);
  chain.contracts.set(A, PROBE);
  const frame = {
    target: A,
    caller: CALLER,
    codeAddress: A,
    value: 0n,
    input,
    isStatic: false,
    depth: 0,
    isCreate: false,
  };
  let gas = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuMs();
    for (let i = 0; i < CALLS; i++) {
      const meter = new GasMeter(GAS);
      tier.call(HASH, () => PROBE, new MapHost(chain, frame, meter));
      gas = GAS - meter.gas;
    }
    least = Math.min(least, ((cpuMs() - before) * 1e6) / CALLS);
  }
  return { gas, ns: least };
}

/** The difference that one more of a command makes. */
function timeCommand(one: Uint8Array): PricedTime {
  const idle = one.slice();
  idle[0] = UNKNOWN_COMMAND;
  const none = timeCall(concatBytes(...new Array<Uint8Array>(COMMANDS).fill(idle)));
  const many = timeCall(concatBytes(...new Array<Uint8Array>(COMMANDS).fill(one)));
  return { gas: (many.gas - none.gas) / COMMANDS, ns: (many.ns - none.ns) / COMMANDS };
}

function timeInstrumentation(): PricedTime {
  const tier = new WasmTier();
  const chain = new MapChain(tier);
  const frame = {
    target: A,
    caller: CALLER,
    codeAddress: A,
    value: 0n,
    input: PROBE,
    isStatic: false,
    depth: 0,
    isCreate: true,
  };
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuMs();
    for (let i = 0; i < 20; i++) tier.prepare(PROBE, new MapHost(chain, frame, new GasMeter(GAS)));
    least = Math.min(least, ((cpuMs() - before) * 1e6) / 20 / PROBE.length);
  }
  return { gas: PRICES.instrumentByte, ns: least };
}

/** What hooks take; host prices are the map host's, so those that reach into state are not comparable. */
export function measureHooks(): Readonly<Record<string, PricedTime>> {
  return {
    "an empty call": timeCall(new Uint8Array()),
    "number (a bare hook)": timeCommand(command("number")),
    "sender (20 bytes)": timeCommand(command("sender")),
    "baseFee (a number)": timeCommand(command("baseFee")),
    "load (cached)": timeCommand(command("load", word(1))),
    cache: timeCommand(command("cache", word(1), word(2))),
    divide: timeCommand(command("divide", word(2n ** 255n), word(12_345_678_901n))),
    multiplyModulo: timeCommand(
      command("multiplyModulo", word(2n ** 255n), word(2n ** 254n - 1n), word(2n ** 200n + 1n)),
    ),
    "power (32-byte exponent)": timeCommand(command("power", word(3), word(2n ** 256n - 1n))),
    "keccak of 64 bytes": timeCommand(command("keccak", new Uint8Array(64))),
    balance: timeCommand(command("balance", addressToBytes(A))),
    readReturnData: timeCommand(command("readReturnData", u32(0), u32(32))),
    "instrumentation (a byte)": timeInstrumentation(),
  };
}
