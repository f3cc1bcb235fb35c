import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GasMeter } from "../host/meter.ts";
import { InvalidInput, Unavailable } from "../types/errors.ts";
import { account, MapHost } from "../wasm/testing/mapHost.ts";
import { MAX_INTERPRETER_DEPTH, PRINTED_BYTES_MAX } from "./limits.ts";
import { PhpTier } from "./phpTier.ts";
import { currentPins, PhpChain, runInNodeThread } from "./testing/phpChain.ts";

const php = new PhpChain();

/** Status and text of one run. */
function outcome(body: string, gas?: number): { status: string; text: string } {
  const { status, text } = php.run(body, gas);
  return { status, text };
}

describe("a PHP contract", () => {
  test("answers its calldata", () => {
    const at = php.put("return strrev($input);");
    assert.equal(php.call(at, new TextEncoder().encode("olleh")).text, "hello");
  });

  test("keeps storage between calls and nothing else", () => {
    const body = `
        static $calls = 0;
        $calls++;
        $GLOBALS['left'] = ($GLOBALS['left'] ?? 0) + 1;
        ini_set('precision', (string) (ini_get('precision') + 1));
        setlocale(LC_ALL, 'C.UTF-8');
        file_put_contents('/tmp/left', 'x', FILE_APPEND);
        mt_srand(7);
        $slot = str_repeat("\\0", 32);
        $stored = U256::fromWord($this->host()->storageGet($slot))->add(U256::of(1));
        $this->host()->storagePut($slot, $stored->word());
        return "$calls {$GLOBALS['left']} " . ini_get('precision') . " $stored";`;
    const at = php.put(body);
    assert.deepEqual(
      [1, 2, 3].map(() => php.call(at).text),
      ["1 1 15 1", "1 1 15 2", "1 1 15 3"],
    );
  });

  test("costs the same each time, to the unit", () => {
    const at = php.put("return json_encode(array_map(fn ($x) => $x ** 2, range(1, 50)));");
    const gas = Array.from({ length: 30 }, () => php.call(at).gasUsed);
    assert.deepEqual(new Set(gas).size, 1);
  });

  test("costs the same after any other has run, whatever that did", () => {
    const calm = (): number => php.run("return 'calm';").gasUsed;
    const before = calm();
    for (const wild of [
      "for (;;);",
      "$a = []; while (true) { $a[] = str_repeat('x', 10000); }",
      "exit(1);",
      "new Missing();",
      "post_message_to_js(chr(99));",
    ]) {
      php.run(wild, 2_000_000);
      assert.equal(calm(), before, wild);
    }
  });

  test("prints for its developer and not into its result", () => {
    php.printed.length = 0;
    assert.equal(
      outcome("echo 'one'; print(\"two\\n\"); echo $missing; return 'three';").text,
      "three",
    );
    assert.deepEqual(php.printed, ["one", "two", "Undefined variable $missing in contract.php:5"]);
  });

  test("shows the beginning of a flood of output, and the reason that stands behind it", () => {
    php.printed.length = 0;
    const { text } = outcome("echo str_repeat('x', 200000); new Missing();");
    assert.equal(Math.max(...php.printed.map((line) => line.length)), PRINTED_BYTES_MAX);
    assert.match(text, /^Class "Missing" not found \(contract\.php:5\)$/);
  });

  test("may be as large as the envelope allows", () => {
    const comment = "#".repeat(120 * 1024);
    assert.equal(outcome(`return 'large'; /*${comment}*/`).text, "large");
  });
});

const WRONG: Readonly<Record<string, { body: string; status: string; text: string | RegExp }>> = {
  "reverts with the message and the line of an exception": {
    body: "throw new DomainException('out of eggs');",
    status: "revert",
    text: "out of eggs (contract.php:5)",
  },
  "reverts with PHP's own error": {
    body: "return (string) intdiv(1, 0);",
    status: "revert",
    text: "Division by zero (contract.php:5)",
  },
  "reverts with the data that it chose": {
    body: "throw Revert::withData('abc');",
    status: "revert",
    text: "0x616263",
  },
  "reverts when it exits": {
    body: "exit(3);",
    status: "revert",
    text: "the contract called exit()",
  },
  "halts with PHP's reason when its memory is full": {
    body: "$a = []; while (true) { $a[] = str_repeat('x', 10000); }",
    status: "halt",
    text: /^OutOfMemory: Fatal error: Allowed memory size of 6291456 bytes exhausted .* in contract\.php on line 5$/,
  },
  "halts when memory is full though it raised its own limit": {
    body: "ini_set('memory_limit', '-1'); $a = []; while (true) { $a[] = str_repeat('x', 10000); }",
    status: "halt",
    text: /^OutOfMemory: Fatal error: Out of memory .* in contract\.php on line 5$/,
  },
  "halts when it calls itself without end": {
    body: "return $this->dispatch($input);",
    status: "halt",
    text: /^OutOfMemory: Fatal error: Allowed memory size/,
  },
  "runs out of gas in an empty loop": { body: "for (;;);", status: "halt", text: "OutOfGas" },
  "runs out of gas in a regular expression": {
    body: "return (string) preg_match('/^(a+)+$/', str_repeat('a', 40) . 'b');",
    status: "halt",
    text: "OutOfGas",
  },
  "runs out of gas in a flood of output": {
    body: "while (true) { echo 'x'; }",
    status: "halt",
    text: "OutOfGas",
  },
  "halts on a message that the host does not know": {
    body: "return post_message_to_js(chr(99));",
    status: "halt",
    text: "GuestFault: a message of unknown kind 99",
  },
  "halts on a message that is cut short": {
    body: "return post_message_to_js(chr(4) . 'short');",
    status: "halt",
    text: "GuestFault: a message of 5 bytes that should have 32",
  },
  "reverts a log of five topics": {
    body: "$this->host()->log(array_fill(0, 5, str_repeat('t', 32)), ''); return '';",
    status: "revert",
    text: "a log has at most 4 topics",
  },
  "halts on a message that logs five topics": {
    body: "return post_message_to_js(chr(8) . chr(5) . str_repeat('t', 160));",
    status: "halt",
    text: "GuestFault: a log with 5 topics",
  },
  "has no fibers": {
    body: "(new Fiber(fn () => 1))->start();",
    status: "revert",
    text: "Call to undefined method Fiber::start() (contract.php:5)",
  },
  "has no other programs": {
    body: "return exec('ls');",
    status: "revert",
    text: "Call to undefined function exec() (contract.php:5)",
  },
};

describe("a PHP contract that goes wrong", () => {
  for (const [name, { body, status, text }] of Object.entries(WRONG)) {
    test(name, () => {
      const found = outcome(body);
      assert.equal(found.status, status, found.text);
      if (typeof text === "string") assert.equal(found.text, text);
      else assert.match(found.text, text);
    });
  }

  test("stops by the rule where it nests as deeply as only a native stack would stop it", async () => {
    const [arrays, strings, expression] = await runInNodeThread([
      "$f = function ($n) use (&$f) { return array_map($f, [$n + 1]); }; $f(0);",
      "return (string) new class { function __toString(): string { return (string) new static(); } };",
      `return (string) (${"(".repeat(4_000)}1${")".repeat(4_000)});`,
    ]);
    assert.deepEqual([arrays?.status, arrays?.text], ["halt", "StackOverflow"]);
    assert.deepEqual([strings?.status, strings?.text], ["halt", "StackOverflow"]);
    assert.match(expression?.text ?? "", /^1$|memory exhausted|StackOverflow/);
  });
});

describe("what a machine would answer", () => {
  test("comes from the call: time, chance, process, host and files", () => {
    const body = `
        $random = bin2hex(random_bytes(4)) . mt_rand() . uniqid() . array_rand(range(0, 999));
        return json_encode([time(), getmypid(), gethostname(), php_uname('s'), $random,
            file_exists('/etc/passwd'), @file_get_contents('/php.ini'), @fopen('php://fd/16', 'r'),
            @file_put_contents('/x', 'x'), @scandir('/'), getenv('HOME'), @fsockopen('127.0.0.1', 80)]);`;
    const [first, second] = [outcome(body), outcome(body)];
    assert.deepEqual(second, first);
    const answers = JSON.parse(first.text) as unknown[];
    assert.deepEqual(answers.slice(0, 4), [1_700_000_000, 1, "emscripten", "Emscripten"]);
    assert.deepEqual(answers.slice(5), [false, false, false, false, false, false, false]);
  });

  test("is another chance for another calldata", () => {
    const at = php.put("return bin2hex(random_bytes(8));");
    const ask = (byte: number): string => php.call(at, Uint8Array.of(byte)).text;
    assert.equal(ask(1), ask(1));
    assert.notEqual(ask(1), ask(2));
  });
});

describe("nested interpreters", () => {
  test(`are at most ${MAX_INTERPRETER_DEPTH}, and the call beyond fails in its caller with a reason`, () => {
    const at = php.put(`
        $depth = ord($input);
        try {
            return chr(1 + ord($this->host()->callContract($this->call()->contract, chr($depth + 1))));
        } catch (Revert $revert) {
            return chr(1);
        }`);
    // The tier alone throws; the engine around it makes a revert of it (runtime/evm/hostFrames.ts).
    assert.throws(() => php.call(at), {
      message: `a transaction has at most ${MAX_INTERPRETER_DEPTH} PHP contracts open at one time`,
    });
    assert.equal(php.run("return 'closed';").text, "closed");
  });
});

describe("the tier", () => {
  const host = (gas = 1_000_000): MapHost =>
    new MapHost(
      php.chain,
      {
        target: account(1),
        caller: account(2),
        codeAddress: account(1),
        value: 0n,
        input: new Uint8Array(0),
        isStatic: false,
        depth: 0,
        isCreate: true,
      },
      new GasMeter(gas),
    );
  const tier = new PhpTier({ pins: currentPins() });

  test("refuses a source that does not begin with its tag", () => {
    for (const text of ["echo 1;", " <?php echo 1;", "<?phpecho 1;", "<?php"]) {
      assert.throws(() => tier.prepare(Buffer.from(text), host()), {
        message: 'a PHP contract begins with "<?php" and a line break or space, in its first byte',
      });
    }
  });

  test("refuses a source with a zero byte and says where", () => {
    assert.throws(
      () => tier.prepare(Buffer.from("<?php \0"), host()),
      (error) =>
        error instanceof InvalidInput &&
        error.message === "the PHP source has a zero byte at 6; a source is text",
    );
  });

  test("is the machine's trouble when the interpreter or the SDK is another than the chain's", () => {
    const other = "0".repeat(64);
    const source = Buffer.from("<?php ");
    for (const pins of [
      { ...currentPins(), interpreter: other },
      { ...currentPins(), sdk: other },
    ]) {
      const wrong = new PhpTier({ pins });
      assert.throws(
        () => wrong.construct(source, "0x" as never, host()),
        (error) => error instanceof Unavailable && error.message.includes(other),
      );
    }
  });
});
