import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Unavailable } from "@delchain/runtime";
import { CompileFailed } from "../diagnostic.ts";
import { sdkFolder } from "../input.ts";
import type { UnitTestRequest, UnitTestResult, UnitTests } from "../toolchain.ts";
import { atLine } from "./inspectPhp.ts";

/** Tests in memory take milliseconds; a run that takes this long is stuck. */
const TIMEOUT_MS = 300_000;
/** Of what tests say; what is longer repeats itself. */
const REPORT_BYTES_MAX: number = 1024 * 1024;
/** What the SDK needs of PHP. */
const EXTENSIONS = ["bcmath", "dom", "mbstring", "tokenizer"];

/** PHPUnit on the machine's own PHP, with the contracts in a world in memory: `DelChain\ContractTestCase`. */
export const phpUnit: UnitTests = { pattern: "test/**/*Test.php", run };

async function run({ root, files, grep, progress }: UnitTestRequest): Promise<UnitTestResult> {
  await checkPhp(root);
  progress("phpunit");
  const folder = mkdtempSync(join(tmpdir(), "delchain-phpunit-"));
  try {
    const settings = join(folder, "phpunit.xml");
    const log = join(folder, "log.xml");
    writeFileSync(settings, settingsFor(root, files));
    const filter = grep === undefined ? [] : ["--filter", grep];
    const own = join(root, "vendor/bin/phpunit");
    const program = existsSync(own) ? [own] : [await phpUnitOnPath(root)];
    const args = ["-c", settings, "--log-junit", log, "--do-not-cache-result", ...filter];
    const { output } = await execute("php", [...program, ...args], root);
    const report = output.replaceAll(`${root}/`, "").trim();
    const counts = existsSync(log) ? countsOf(readFileSync(log, "utf8")) : undefined;
    if (counts) return { ...counts, report };
    throw notRun(root, report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function settingsFor(root: string, files: readonly string[]): string {
  const listed = files.map((file) => `<file>${escaped(join(root, file))}</file>`);
  const bootstrap = join(sdkFolder("@delchain/php"), "test-kit/bootstrap.php");
  return [
    '<?xml version="1.0"?>',
    `<phpunit bootstrap="${escaped(bootstrap)}" colors="false" failOnWarning="true">`,
    `<testsuites><testsuite name="contracts">${listed.join("")}</testsuite></testsuites>`,
    "</phpunit>",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** The whole run is the first suite of PHPUnit's JUnit log. */
function countsOf(log: string): Pick<UnitTestResult, "passed" | "failed"> | undefined {
  const [suite] = /<testsuite\s[^>]*>/.exec(log) ?? [];
  if (suite === undefined) return undefined;
  const count = (name: string): number =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count("errors") + count("failures");
  return { passed: count("tests") - failed - count("skipped"), failed };
}

/** PHP that does not parse ends PHPUnit before any test. */
function notRun(root: string, report: string): Error {
  const said =
    /(?:PHP )?(?:Parse|Fatal) error: +(?:Uncaught \w+: )?(.+?) in (\S+?)(?: on line |:)(\d+)/.exec(
      report,
    );
  const [, message = "", file = "", line] = said ?? [];
  const path = join(root, file);
  if (said === null || !existsSync(path)) {
    return new CompileFailed([
      { severity: "error", message: `PHPUnit ran no tests:\n${report}`, place: undefined },
    ]);
  }
  return new CompileFailed([atLine(file, readFileSync(path, "utf8"), Number(line), message)]);
}

async function checkPhp(root: string): Promise<void> {
  const asked = `foreach (${JSON.stringify(EXTENSIONS)} as $one) extension_loaded($one) || print "$one ";`;
  const { code, output } = await execute("php", ["-r", asked], root);
  const remedy = "On Debian: apt-get install phpunit php-bcmath";
  if (code === undefined) {
    throw new Unavailable("php", `PHPUnit needs PHP 8.2 or newer, and there is no php. ${remedy}`);
  }
  const missing = output.trim();
  if (missing !== "") {
    throw new Unavailable("php", `this machine's PHP has no extension ${missing}. ${remedy}`);
  }
}

async function phpUnitOnPath(root: string): Promise<string> {
  const { code, output } = await execute("sh", ["-c", "command -v phpunit"], root);
  if (code === 0) return output.trim();
  throw new Unavailable(
    "phpunit",
    "PHPUnit is neither in vendor/bin nor on the path. Try: composer install, or on Debian apt-get install phpunit php-bcmath",
  );
}

type Executed = { readonly code: number | undefined; readonly output: string };

/** The code is `undefined` for a program that is not there. */
function execute(command: string, args: readonly string[], cwd: string): Promise<Executed> {
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  let output = "";
  const take = (chunk: Buffer): void => {
    if (output.length < REPORT_BYTES_MAX) output += chunk.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve({ code: undefined, output: "" });
      else reject(error);
    });
    child.on("close", (code, signal) => {
      if (signal !== null) output += `\nPHP was ended by ${signal} after ${TIMEOUT_MS / 1000} s`;
      resolve({ code: code ?? -1, output });
    });
  });
}
