// Prints what PHP comes to in this process's compiler: the booted state, and for each body 30 calls' gas, outcome and
// every byte of memory after them. Run under `--liftoff-only` and `--no-liftoff`.
import { createHash } from "node:crypto";
import { GasMeter } from "../../../runtime/host/meter.ts";
import { bootEngine } from "../../../runtime/php/engine.ts";
import { enter } from "../../../runtime/php/enter.ts";
import { Interpreter } from "../../../runtime/php/interpreter.ts";
import { PhpCall } from "../../../runtime/php/phpCall.ts";
import { phpCode } from "../../../runtime/php/source.ts";
import { contractSource, currentPins, PhpChain } from "../../../runtime/php/testing/phpChain.ts";
import { account, CALLER, MapHost } from "../../../runtime/wasm/testing/mapHost.ts";

const CALLS = 30;
const GAS = 3_000_000;
const STACK_BYTES: number = 512 * 1024;

const BODIES: Readonly<Record<string, string>> = {
  nothing: "return '';",
  storage: `
    $slot = str_repeat("\\0", 32);
    $this->host()->storagePut($slot, U256::fromWord($this->host()->storageGet($slot))->add(U256::of(3))->word());
    return $this->host()->storageGet($slot);`,
  floats: `
    $sum = 0.0;
    for ($i = 1; $i < 500; $i++) { $sum += sin($i) * exp(1 / $i) + log($i) ** 0.5 + fmod($i, 0.7); }
    return json_encode([$sum, sqrt(2), round(2.5), 0.1 + 0.2, intdiv(7, 2)]);`,
  nans: "return bin2hex(pack('E*', NAN, -NAN, acos(2), INF - INF, 0 * INF, sqrt(-1), fdiv(0, 0)));",
  chance:
    "return json_encode([mt_rand(), random_int(0, 9999), uniqid(), microtime(true), hrtime(true)]);",
  sorting:
    "$a = range(1, 400); shuffle($a); usort($a, fn ($x, $y) => $y <=> $x); return implode($a);",
  text: "return preg_replace_callback('/\\\\w+/', fn ($m) => ucfirst($m[0]), mb_strtoupper('straße, ok'));",
  garbage:
    "for ($i = 0; $i < 12000; $i++) { $o = new stdClass(); $o->self = $o; } return (string) gc_collect_cycles();",
  exception: "throw new RuntimeException(sprintf('%05.2f', 1.005));",
  memory: "$a = []; while (true) { $a[] = str_repeat('x', 10000); }",
  gas: "for (;;) { $x = md5($x ?? ''); }",
};

const { module, snapshot } = bootEngine(currentPins());
const { chain } = new PhpChain();
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** How the first of `calls` ended, unless another ended otherwise or left other bytes. */
function run(body: string, calls: number): string {
  let memory: Uint8Array | undefined;
  const at = account(0x50);
  const results = Array.from({ length: calls }, () => {
    chain.world.slots.clear();
    const frame = {
      target: at,
      caller: CALLER,
      codeAddress: at,
      value: 0n,
      input: new Uint8Array(0),
      isStatic: false,
      depth: 0,
      isCreate: false,
    };
    const host = new MapHost(chain, frame, new GasMeter(GAS));
    const source = new TextEncoder().encode(contractSource(body));
    const call = new PhpCall(host, phpCode(source), undefined);
    guest.restore(snapshot);
    guest.surroundings = call;
    guest.ink = host.meter.ink;
    guest.stackLeft = STACK_BYTES;
    const { status, ...rest } = enter(guest, "call", call, host);
    const said = "output" in rest ? Buffer.from(rest.output).toString("hex") : rest.reason;
    const left = Buffer.from(guest.exports.memory.buffer);
    memory ??= Uint8Array.from(left);
    return `${status} ${said} ${guest.ink} ${left.equals(memory)}`;
  });
  const different = new Set(results);
  if (different.size !== 1) return `${different.size} different results`;
  return `${results[0]} ${sha256(memory ?? new Uint8Array())}`;
}

let guest = new Interpreter(module, { file: () => undefined } as never);
const first = Object.entries(BODIES).map(([name, body]): [string, string] => [
  name,
  run(body, CALLS),
]);
// Another instance, in another order.
guest = new Interpreter(module, { file: () => undefined } as never);
const second = Object.entries(BODIES)
  .reverse()
  .map(([name, body]): [string, string] => [name, run(body, 1)]);
const isSame = JSON.stringify(first) === JSON.stringify(second.reverse());

process.stdout.write(
  JSON.stringify({ boot: sha256(snapshot.memory), isSame, bodies: Object.fromEntries(first) }),
);
