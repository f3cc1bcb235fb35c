import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "../wasm/instrument/meterNames.ts";
import { bootEngine } from "./engine.ts";
import { Interpreter } from "./interpreter.ts";
import { currentPins } from "./testing/phpChain.ts";

const { module, snapshot } = bootEngine(currentPins());

/** Surroundings that answer every message with as many bytes, as far as the interpreter has memory for them. */
const echo = {
  message: (message: Uint8Array): Uint8Array => message,
  print: (): void => undefined,
  now: (): bigint => 1n,
  random: (length: number): Uint8Array => new Uint8Array(length).fill(7),
  file: (): undefined => undefined,
};

/** Code that writes in every way that the interpreter has: stores, fills, copies, the stack, the host's answers. */
const WILD: readonly string[] = [
  "$a = 1;",
  "$a = str_repeat('x', 1000000); $b = strrev($a) . $a; unset($a);",
  "$a = []; for ($i = 0; $i < 20000; $i++) { $a[] = [$i, 'text' . $i, $i / 3]; } sort($a);",
  "$a = []; while (true) { $a[] = str_repeat('x', 9973); }",
  "echo str_repeat('printed', 5000);",
  "random_bytes(100000); for ($i = 0; $i < 500; $i++) { post_message_to_js(str_repeat('m', $i * 7)); }",
  "class Left { public static $n = [1, 2, 3]; } function left() {} define('LEFT', 1); ini_set('precision', '5');",
  "eval('syntax error'); throw new Exception('x');",
  "$d = new PDO('sqlite::memory:'); $d->exec('create table t (a)');",
  "imagefilter(imagecreatetruecolor(300, 300), IMG_FILTER_NEGATE);",
  "preg_match('/(?:a|b)*c/', str_repeat('ab', 3000)); mb_convert_case(str_repeat('ä', 3000), MB_CASE_UPPER);",
  "$f = function ($n) use (&$f) { return array_map($f, [$n + 1]); }; $f(0);",
  "for (;;);",
];

test("a snapshot that is put back is there to the byte, whatever ran before", () => {
  const guest = new Interpreter(module, echo);
  guest.restore(snapshot);
  for (const code of WILD) {
    guest.ink = 5e10;
    guest.stackLeft = 64 * 1024;
    let end = "returned";
    try {
      guest.exports.zend_eval_string(guest.writeText(code), 0, guest.writeText("wild"));
    } catch (thrown) {
      end = (thrown as Error).name;
    }
    assert.notDeepEqual(Buffer.from(guest.snapshot().memory).equals(snapshot.memory), true, code);
    guest.restore(snapshot);
    const after = guest.snapshot();
    assert.ok(Buffer.from(after.memory).equals(snapshot.memory), `${code} (${end}) left something`);
    assert.deepEqual(after.variables, snapshot.variables);
    assert.equal(guest.fault, FAULTS.none);
  }
});

test("what the host writes is taken away too, across the border of two pages", () => {
  const guest = new Interpreter(module, echo);
  guest.restore(snapshot);
  guest.ink = 5e10;
  for (const at of [4_095, 8_190, 2 ** 25 - 4]) {
    guest.writeU32(at, 0xdead_beef);
    guest.restore(snapshot);
    assert.ok(Buffer.from(guest.snapshot().memory).equals(snapshot.memory), String(at));
  }
});

test("the same module boots to the same bytes", () => {
  const again = bootEngine(currentPins());
  assert.ok(Buffer.from(again.snapshot.memory).equals(snapshot.memory));
  assert.deepEqual(again.snapshot.variables, snapshot.variables);
});

test("bytes outside of the interpreter's memory are the guest's fault", () => {
  const guest = new Interpreter(module, echo);
  guest.ink = 5e10;
  assert.throws(() => guest.read(2 ** 25 - 1, 2), { name: "GuestFault" });
  assert.throws(() => guest.writeU32(-1, 0), { name: "GuestFault" });
  assert.throws(() => guest.readU32(2 ** 25 - 3), { name: "GuestFault" });
});
