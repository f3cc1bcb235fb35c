import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GasMeter } from "../host/meter.ts";
import { account, MapHost } from "../wasm/testing/mapHost.ts";
import { PhpTier } from "./phpTier.ts";
import { FILE_MARK } from "./sourcePlace.ts";
import { currentPins, PhpChain, readable } from "./testing/phpChain.ts";

// Sources of several files, as a build joins them: sdk-langs/toolchain/php/joinPhp.ts.

const php = new PhpChain();

/** Files by their heads: a path, and the classes that it declares. */
function joined(files: Readonly<Record<string, string>>): string {
  const parts = Object.entries(files).map(
    ([head, text]) => `\n${FILE_MARK}${head}\n${text.slice("<?php".length)}`,
  );
  return `<?php${parts.join("")}`;
}

const MAIN = `<?php
declare(strict_types=1);
use Parts\\{Loose, Sums};
use function Parts\\twice;
final class Main extends DelChain\\Contract {
    protected function dispatch(string $input): string {
        return match ($input) {
            'sum' => (string) Sums::of(1, 2),
            'loose' => Loose::length('42'),
            'function' => (string) twice(4),
            'throw' => Sums::refuse(),
            'fatal' => Sums::broken(),
            'own' => throw new DomainException('of its own'),
            'nested' => (string) eval("\\n\\nthrow new DomainException('evaluated');"),
            'notice' => Sums::notice(),
            'missing' => (string) new Parts\\Missing(),
        };
    }
}`;

const SOURCE = joined({
  "contracts/Main.php Main": MAIN,
  "vendor/parts/functions.php": `<?php
namespace Parts;
function twice(int $of): int { return 2 * $of; }`,
  "vendor/parts/Loose.php Parts\\Loose": `<?php
namespace Parts;
final class Loose { public static function length($of): string { return str_repeat('x', $of); } }`,
  "vendor/parts/Sums.php Parts\\Sums": `<?php
declare(strict_types=1);

namespace Parts;

final class Sums {
    public static function of(int ...$all): int { return array_sum($all); }
    public static function refuse(): never
    {
        throw new \\DomainException('too many');
    }
    public static function broken(): void { eval('function strlen2() {} function strlen2() {}'); }
    public static function notice(): string { return 'seen' . $missing; }
}`,
});

const at = php.putSource(SOURCE);
const ask = (input: string): readonly [string, string] => {
  const { status, text } = php.call(at, new TextEncoder().encode(input));
  return [status, text];
};

describe("a source of several files", () => {
  test("has each file's classes when one is needed, and its functions always", () => {
    assert.deepEqual(ask("sum"), ["success", "3"]);
    assert.deepEqual(ask("function"), ["success", "8"]);
  });

  test("keeps what a file declares of types to that file", () => {
    assert.deepEqual(ask("loose"), ["success", "x".repeat(42)]);
    const strict = php.putSource(
      SOURCE.replace("namespace Parts;\nfinal class Loose", "declare(strict_types=1); $&"),
    );
    assert.match(php.call(strict, new TextEncoder().encode("loose")).text, /must be of type int/);
    php.putSource(SOURCE);
  });

  test("says of an exception which line of which file it came from", () => {
    assert.deepEqual(ask("throw"), ["revert", "too many (Sums.php:10)"]);
    assert.deepEqual(ask("own"), ["revert", "of its own (Main.php:13)"]);
    assert.deepEqual(ask("nested"), ["revert", "evaluated (Main.php:14)"]);
    assert.deepEqual(ask("missing"), ["revert", 'Class "Parts\\Missing" not found (Main.php:16)']);
  });

  test("says it of a fatal error and of a warning too", () => {
    assert.deepEqual(ask("fatal"), [
      "revert",
      "Fatal error: Cannot redeclare function strlen2() (previously declared in Sums.php on line 12) in Sums.php on line 12",
    ]);
    assert.match(php.printed.join("\n"), /Cannot redeclare .* in Sums\.php on line 12/);
    php.printed.length = 0;
    assert.deepEqual(ask("notice"), ["success", "seen"]);
    assert.deepEqual(php.printed, ["Undefined variable $missing in Sums.php:13"]);
  });

  test("compiles only what a call needs", () => {
    const broken = php.putSource(SOURCE.replace("final class Sums {", "$& public function ( {"));
    const call = (input: string): string => php.call(broken, new TextEncoder().encode(input)).text;
    assert.equal(call("function"), "8");
    assert.match(call("sum"), /^syntax error, unexpected token .* \(Sums\.php:6\)$/);
    php.putSource(SOURCE);
  });
});

const tier = new PhpTier({ pins: currentPins() });

/** What a deployment of a source comes to. */
function deployed(source: string): readonly [string, string] {
  const frame = {
    target: account(1),
    caller: account(2),
    codeAddress: account(1),
    value: 0n,
    input: new Uint8Array(0),
    isStatic: false,
    depth: 0,
    isCreate: true,
  };
  const host = new MapHost(php.chain, frame, new GasMeter(50_000_000));
  const { status, text } = readable(tier.construct(Buffer.from(source), "0x" as never, host));
  return [status, text];
}

const contract = (body: string): string =>
  `<?php final class C extends DelChain\\Contract {\n    public function go(): void\n    {\n        ${body}\n    }\n}`;

const REFUSED: Readonly<Record<string, string>> = {
  "$now = time();": "time(): the time is the block's: $this->call()->timestamp",
  "mktime(0, 0, 0, max(1, 2), 2);":
    "mktime() without a timestamp: the time is the block's: $this->call()->timestamp",
  "date('Y');": "date() without a timestamp: the time is the block's: $this->call()->timestamp",
  "new \\DateTimeImmutable();":
    "new \\DateTimeImmutable without a time: the time is the block's: $this->call()->timestamp",
  "$chance = rand();": "rand(): chance that every node has alike is $this->host()->random()",
  "\\random_bytes(3);":
    "\\random_bytes(): chance that every node has alike is $this->host()->random()",
  "getenv('HOME');":
    "getenv(): a contract knows no machine: give the value as an argument, or keep it in storage",
  "sleep(1);": "sleep(): a call waits for nothing; the time is $this->call()->timestamp",
  "curl_init();":
    "curl_init(): a contract has no network: another account sends it what it must know",
  "$a = `ls`;": "`…`: a contract starts no programs, processes or threads",
  "new Fiber(fn () => 1);": "new Fiber: a contract starts no programs, processes or threads",
  "fopen('/a', 'r');":
    "fopen(): a contract of the wasm tier has no files: keep what must last in storage, and name classes, which a build brings along",
};

describe("a deployment", () => {
  for (const [body, message] of Object.entries(REFUSED)) {
    test(`refuses ${body} and says what to use`, () => {
      assert.deepEqual(deployed(contract(body)), ["revert", `${message} (contract.php:4)`]);
    });
  }

  test("takes what only looks like such a call", () => {
    const body =
      "$this->time(); self::rand(); // time()\n $a = 'time()'; date('Y', 5); new DateTime('2020-01-01'); " +
      "mktime(0, 0, 0, 1, max(1, 2), 2020); date_create('2020-01-01'); } " +
      "public function time(): void {} public static function rand(): void { /* exec() */";
    assert.deepEqual(deployed(contract(body)), ["success", ""]);
  });

  test("names file and line, and leaves packages of others alone", () => {
    const bad = contract("time();").replace("final class C", "final class D");
    const files = { "contracts/C.php C": contract("1;"), "vendor/d/D.php D": bad };
    assert.deepEqual(deployed(joined(files)), ["success", ""]);
    assert.deepEqual(
      deployed(joined({ "contracts/C.php C": contract("1;"), "contracts/D.php D": bad })),
      ["revert", "time(): the time is the block's: $this->call()->timestamp (D.php:4)"],
    );
  });

  test("takes a file that is too large to be read, whose gas pays for it", () => {
    const long = contract(`time(); /*${"x".repeat(65_536)}*/`);
    assert.deepEqual(deployed(long), ["success", ""]);
    assert.equal(deployed(contract(`time(); /*${"x".repeat(60_000)}*/`))[0], "revert");
  });
});
