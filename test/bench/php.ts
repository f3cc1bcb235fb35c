// What a call of PHP costs: the tour's token in PHP beside the one in C, on one executor in one run; and what a gas of
// PHP takes by what it is spent on.
//   node test/bench/php.ts [--json]
// CPU time, the least of interleaved repeats, because the machine has other work.
import {
  type Address,
  FrameStack,
  fromHex,
  PhpTier,
  toAddress,
  toHex,
  WasmTier,
} from "@delchain/runtime";
import { encodeFunctionData, type Hex } from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { phpTokenCode } from "../../apps/tour/phpToken.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { account, SENDER, World } from "../../runtime/evm/testing/world.ts";
import { bootEngine } from "../../runtime/php/engine.ts";
import { Interpreter } from "../../runtime/php/interpreter.ts";
import { currentPins, PhpChain } from "../../runtime/php/testing/phpChain.ts";
import { median, timeCpuMs } from "./cpuTime.ts";

const REPEATS = 60;
const SPENDING_GAS = 30_000_000;
const SPENDING_REPEATS = 3;

/** Each spends all the gas that it gets. */
const SPENDING: Readonly<Record<string, string>> = {
  "an empty loop": "for (;;);",
  arithmetic: "$a = 1; for ($i = 0; ; $i++) { $a = ($a * 31 + $i) % 1000003; }",
  "sorting by a closure": "$a = range(1, 5000); for (;;) { usort($a, fn ($x, $y) => $y <=> $x); }",
  "a regular expression": "for (;;) { preg_match('/(a+)+$/', 'aaaaaaaaaaaaaaaab'); }",
  "sha-256": "for (;;) { hash('sha256', str_repeat('x', 1000)); }",
  "256-bit numbers": "$x = U256::of(5); for (;;) { $x = $x->add(U256::of(7)); }",
  "decimal numbers": "for (;;) { bcmul(str_repeat('9', 77), str_repeat('8', 77)); }",
  exceptions: "for (;;) { try { throw new Exception('x'); } catch (Exception) { } }",
  json: "for (;;) { json_decode(json_encode(['a' => 1, 'b' => [1, 2, 3]])); }",
  eval: "for (;;) { eval('$x = 1;'); }",
  cycles: "for (;;) { $o = new stdClass(); $o->self = $o; }",
  "messages to the host": "for (;;) { $this->host()->gasLeft(); }",
  "random bytes": "for (;;) { random_bytes(32); }",
  output: "for (;;) { echo 'x'; }",
};

type Call = {
  readonly token: string;
  readonly ms: number;
  readonly medianMs: number;
  readonly gas: number;
};

function calls(): readonly Call[] {
  const frames = new FrameStack();
  const world = new World(new WasmTier({ frames }), new PhpTier({ pins: currentPins(), frames }));
  const deploy = (data: Hex): Address => {
    const outcome = world.send({ data, gasLimit: 10_000_000n });
    if (outcome.status !== "success")
      throw new Error(`a token was not deployed: ${outcome.status}`);
    return toAddress(outcome.created ?? "");
  };
  const codes = { C: loadArtefacts().get("token-c")?.initCode() ?? "0x", PHP: phpTokenCode() };
  const tokens = Object.entries(codes).map(([token, code]) => {
    const at = deploy(code);
    world.send({ to: at, data: method("mint", 1_000_000n), gasLimit: 10_000_000n });
    return { token, at, times: [] as number[], gas: 0 };
  });
  for (let i = 0; i < REPEATS; i++) {
    for (const one of tokens) {
      const transfer = { to: one.at, data: method("transfer", 1n), gasLimit: 10_000_000n };
      one.times.push(
        timeCpuMs(() => {
          const outcome = world.send(transfer);
          if (outcome.status !== "success") throw new Error(`a transfer came to ${outcome.status}`);
          one.gas = Number(outcome.gasUsed);
        }),
      );
    }
  }
  return tokens.map(({ token, times, gas }) => ({
    token,
    ms: Math.min(...times),
    medianMs: median(times),
    gas,
  }));
}

function method(functionName: "mint" | "transfer", amount: bigint): Hex {
  const to = functionName === "mint" ? SENDER : account(0x22);
  return toHex(fromHex(encodeFunctionData({ abi: tokenAbi, functionName, args: [to, amount] })));
}

/** Milliseconds to bring an interpreter about, and back after code that fills an array. */
function engineTimes(): Readonly<Record<string, number>> {
  const cold = performance.now();
  bootEngine(currentPins());
  const warm = performance.now();
  const engine = bootEngine(currentPins());
  const booted = performance.now();
  const guest = new Interpreter(engine.module, { file: () => undefined } as never);
  guest.restore(engine.snapshot);
  const instance = performance.now() - booted;
  const restores = Array.from({ length: REPEATS }, () => {
    guest.ink = 1e11;
    guest.stackLeft = 2 ** 19;
    guest.exports.zend_eval_string(guest.writeText("$a = range(1, 5000);"), 0, guest.writeText(""));
    return timeCpuMs(() => guest.restore(engine.snapshot));
  });
  return {
    "first boot of a process": warm - cold,
    "boot of another thread": booted - warm,
    instance,
    restore: median(restores),
  };
}

function spending(): Readonly<Record<string, number>> {
  const php = new PhpChain();
  const times = Object.entries(SPENDING).map(([what, body]): [string, number] => {
    const runs = Array.from({ length: SPENDING_REPEATS }, () =>
      timeCpuMs(() => {
        const { text } = php.run(body, SPENDING_GAS);
        if (text !== "OutOfGas") throw new Error(`${what} came to ${text}`);
      }),
    );
    return [what, (Math.min(...runs) * 1e6) / SPENDING_GAS];
  });
  return Object.fromEntries(times);
}

const engine = engineTimes();
const rows = calls();
const nanosecondsAGas = spending();
if (process.argv.includes("--json")) {
  process.stdout.write(`${JSON.stringify({ engine, calls: rows, nanosecondsAGas })}\n`);
} else {
  const lines = [
    ...Object.entries(engine).map(([what, ms]) => `${what.padEnd(24)} ${ms.toFixed(2)} ms`),
    ...rows.map(
      ({ token, ms, medianMs, gas }) =>
        `${`transfer, token in ${token}`.padEnd(24)} ${ms.toFixed(2)} ms, median ${medianMs.toFixed(2)}, ${gas} gas`,
    ),
    ...Object.entries(nanosecondsAGas).map(
      ([what, ns]) => `${what.padEnd(24)} ${ns.toFixed(1)} ns a gas`,
    ),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
