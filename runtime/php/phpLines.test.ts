import assert from "node:assert/strict";
import { test } from "node:test";
import { bootEngine } from "./engine.ts";
import { phpFunctions } from "./phpLines.ts";
import { currentPins } from "./testing/phpChain.ts";

const engine = bootEngine(currentPins());

type Told = readonly [name: string, first: number, last: number, lines: readonly number[]];

function told(source: string): readonly Told[] {
  return phpFunctions(new TextEncoder().encode(source), engine)
    .map(({ name, firstLine, lastLine, lines }): Told => [name, firstLine, lastLine, lines])
    .sort((left, right) => left[1] - right[1]);
}

test("a function has the lines that have code, a closure's too, and not the end that PHP adds", () => {
  const source = `<?php
use DelChain\\Contract;
abstract class Base extends Contract {
    abstract protected function bare(): int;
    protected function kept(): void {
        echo 1;
    }
}
trait Doubles {
    private function twice(int $x): int {
        return 2 * $x;
    }
}
final class Subject extends Base {
    use Doubles;
    const LIMIT = 5;

    protected function bare(): int {
        if (self::LIMIT > 3) {
            return 1;
        }
        $list = array_map(
            function (int $x): int {
                return $x + 1;
            },
            [1, 2],
        );
        return count($list);
    }
    private function brief(): int { return 1; }
}`;
  assert.deepEqual(told(source), [
    ["kept", 5, 7, [6]],
    ["twice", 10, 12, [10, 11]],
    ["bare", 18, 29, [19, 20, 22, 23, 24, 25, 26, 28]],
    ["brief", 30, 30, [30]],
  ]);
});

test("every file of a source is looked at, as far as PHP comes with them", () => {
  const source = `<?php
#file contracts/Main.php Own\\Main

namespace Own;
final class Main extends \\DelChain\\Contract {
    function own(): int { return 1; }
}
#file contracts/Helper.php Own\\Helper

namespace Own;
class Helper {
    static function help(): int { return 2; }
}
#file contracts/functions.php

function free(): int { return 3; }
#file vendor/broken.php Own\\Broken

namespace Own;
class Broken implements \\Nowhere {
    function never(): int { return 4; }
}
#file vendor/fatal.php Own\\Fatal

namespace Own;
final class Fatal extends Main {
}
#file vendor/behind.php Own\\Behind

namespace Own;
class Behind {
    function unknown(): int { return 5; }
}
`;
  assert.deepEqual(told(source), [
    ["own", 6, 6, [6]],
    ["help", 12, 12, [12]],
    ["free", 16, 16, [16]],
    // Nothing has its interface; nobody may extend what the next file extends, and there PHP gives up.
    ["never", 21, 21, [21]],
  ]);
});
