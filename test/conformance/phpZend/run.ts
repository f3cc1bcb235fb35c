// `npm run conformance:php -- DIR`: the tests of PHP's own source tree (`php-8.2.32/Zend/tests`, from Debian's source
// package php8.2), each run in the instrumented interpreter and in the same one without any instrumentation, under one
// host. Both must print the same and end alike. Beside it is counted how many leave the same bytes in memory, which all
// do but those that keep a NaN (its bits are made canonical), and how many print what the test of that version wants.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bootSnapshot } from "../../../runtime/php/boot.ts";
import { readBootFiles } from "../../../runtime/php/bootFiles.ts";
import { bootEngine } from "../../../runtime/php/engine.ts";
import { Interpreter, type Snapshot } from "../../../runtime/php/interpreter.ts";
import { readInterpreter } from "../../../runtime/php/interpreterPackage.ts";
import { RandomStream } from "../../../runtime/php/randomStream.ts";
import { MESSAGES, type Surroundings } from "../../../runtime/php/surroundings.ts";
import { currentPins } from "../../../runtime/php/testing/phpChain.ts";
import { GuestFault } from "../../../runtime/wasm/guestFrame.ts";
import { readPhpTest } from "./phpt.ts";
import { rawInterpreter, restoreAll } from "./rawInterpreter.ts";

const INK = 2e12;
const STACK_BYTES: number = 512 * 1024;
const SHOWN_MAX = 20;

/** As PHP's command line ends a script with an exception that nobody catches. */
const RUN = `restore_error_handler();
try { eval(post_message_to_js(chr(${MESSAGES.source}))); } catch (\\Throwable $e) {
    echo "\\nFatal error: Uncaught $e\\n  thrown in ", $e->getFile(), ' on line ', $e->getLine(), "\\n";
}`;

class TestSurroundings implements Surroundings {
  printed = "";
  readonly #source: Uint8Array;
  readonly #random = new RandomStream(new Uint8Array(32));
  #now = 1_700_000_000_000_000_000n;

  constructor(code: string) {
    this.#source = Buffer.from(code.replace(/^<\?php/, "").replace(/\?>\s*$/, ""), "latin1");
  }

  message(message: Uint8Array): Uint8Array {
    if (message[0] === MESSAGES.source) return this.#source;
    throw new GuestFault("a test asked the host");
  }

  print(bytes: Uint8Array): void {
    this.printed += Buffer.from(bytes).toString("latin1");
  }

  now(): bigint {
    this.#now += 1_000n;
    return this.#now;
  }

  random(length: number): Uint8Array {
    return this.#random.take(length);
  }

  file(): undefined {
    return undefined;
  }
}

type End = { readonly printed: string; readonly end: string; readonly memory: Buffer };

function runTest(guest: Interpreter, restore: () => void, code: string): End {
  const surroundings = new TestSurroundings(code);
  restore();
  guest.surroundings = surroundings;
  guest.ink = INK;
  guest.stackLeft = STACK_BYTES;
  let end = "returned";
  try {
    guest.exports.zend_eval_string(guest.writeText(RUN), 0, guest.writeText("test"));
  } catch (thrown) {
    end = (thrown as Error).name;
  }
  if (guest.fault !== 0) end = `fault ${guest.fault}`;
  return { printed: surroundings.printed, end, memory: Buffer.from(guest.exports.memory.buffer) };
}

function findTests(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".phpt"))
    .map((name) => join(folder, name))
    .sort();
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write(
    "which folder has the tests? Try: npm run conformance:php -- php-8.2.32/Zend/tests\n",
  );
  process.exit(2);
}
const pins = currentPins();
const metered = bootEngine(pins);
const rawModule = new WebAssembly.Module(
  rawInterpreter(readInterpreter(pins.interpreter)) as Uint8Array<ArrayBuffer>,
);
const rawSnapshot: Snapshot = bootSnapshot(rawModule, readBootFiles());
const nothing = new TestSurroundings("");
const meteredGuest = new Interpreter(metered.module, nothing);
const rawGuest = new Interpreter(rawModule, nothing);

const count = { equal: 0, sameBytes: 0, different: 0, stopped: 0, needMore: 0, asWanted: 0 };
for (const path of findTests(folder)) {
  const test = readPhpTest(readFileSync(path, "latin1"));
  if (test === undefined) {
    count.needMore++;
    continue;
  }
  const left = runTest(meteredGuest, () => meteredGuest.restore(metered.snapshot), test.code);
  // Without a meter nothing would stop it.
  if (left.end.startsWith("fault") || left.end === "OutOfGas" || left.end === "RuntimeError") {
    count.stopped++;
    continue;
  }
  const right = runTest(rawGuest, () => restoreAll(rawGuest, rawSnapshot), test.code);
  if (left.printed === right.printed && left.end === right.end) count.equal++;
  else if (++count.different <= SHOWN_MAX) {
    process.stdout.write(`different: ${relative(folder, path)} (${left.end}, ${right.end})\n`);
  }
  if (left.memory.equals(right.memory)) count.sameBytes++;
  else process.stdout.write(`other bytes: ${relative(folder, path)}\n`);
  if (test.isWanted(left.printed.trim().replaceAll("\r\n", "\n"))) count.asWanted++;
}
process.stdout.write(
  `${count.equal} tests print and end alike with and without instrumentation, ${count.different} do not; ` +
    `${count.sameBytes} leave the same memory; ${count.asWanted} print what PHP 8.2's test wants; ` +
    `${count.stopped} stopped by gas or stack, ${count.needMore} need more than a script\n`,
);
process.exitCode = count.different === 0 && count.equal > 0 ? 0 : 1;
