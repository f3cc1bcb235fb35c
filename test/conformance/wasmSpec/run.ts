// Runs the WebAssembly specification's test suite on instrumented modules:
//   npm run conformance:wasm -- SUITE.tgz [--json]
// where the archive holds the suite's scripts as wast2json or json-from-wast write them. Exit code 0 means: enough
// passed, and the failures are exactly the explained ones.
import { fileURLToPath } from "node:url";
import { readArchive } from "./archive.ts";
import type { Command } from "./commands.ts";
import { EXPECTED_FAILURES, LEAST_PASSES } from "./expectedFailures.ts";
import { Script } from "./script.ts";

/** What a run of the suite came to. */
export type Report = {
  readonly modules: { readonly accepted: number; readonly refused: number };
  readonly passed: number;
  readonly failed: readonly string[];
  /** Modules and commands that were not judged, by rule. */
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly skippedBecause: Readonly<Record<string, number>>;
  /** Failures without an explanation, and explanations without a failure. */
  readonly unexplained: readonly string[];
  readonly ok: boolean;
};

export function runSuite(path: string): Report {
  const files = readArchive(path);
  const failed: string[] = [];
  const refusedBy: Record<string, number> = {};
  const skippedBecause: Record<string, number> = {};
  const modules = { accepted: 0, refused: 0 };
  let passed = 0;
  const count = (into: Record<string, number>, key: string): void => {
    into[key] = (into[key] ?? 0) + 1;
  };
  for (const file of [...files.keys()].filter((name) => name.endsWith(".json")).sort()) {
    const script = new Script(files);
    const { commands } = JSON.parse(Buffer.from(files.get(file) as Uint8Array).toString()) as {
      commands: readonly Command[];
    };
    for (const command of commands) {
      const verdict = script.run(command);
      if (verdict === undefined) continue;
      const isModule = command.type.startsWith("module");
      if (verdict.status === "pass") {
        if (isModule) modules.accepted++;
        else passed++;
      } else if (verdict.status === "refused") {
        if (isModule) modules.refused++;
        count(refusedBy, verdict.rule);
      } else if (verdict.status === "skipped") count(skippedBecause, verdict.reason);
      else failed.push(`${file.replace(".json", "")}:${command.line} ${verdict.reason}`);
    }
  }
  const unexplained = compareWithExpected(failed);
  const ok = passed >= LEAST_PASSES && unexplained.length === 0;
  return { modules, passed, failed, refusedBy, skippedBecause, unexplained, ok };
}

function compareWithExpected(failed: readonly string[]): readonly string[] {
  const places = failed.map((failure) => failure.slice(0, failure.indexOf(" ")));
  return [
    ...failed.filter((_, i) => !Object.hasOwn(EXPECTED_FAILURES, places[i] as string)),
    ...Object.keys(EXPECTED_FAILURES)
      .filter((place) => !places.includes(place))
      .map((place) => `${place} was expected to fail and did not`),
  ];
}

function describe(report: Report): string {
  const table = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}\n`)
      .join("");
  const explained = report.failed.map((failure) => {
    const reason = EXPECTED_FAILURES[failure.slice(0, failure.indexOf(" "))];
    return `  ${failure}\n      ${reason === undefined ? "UNEXPLAINED" : reason}\n`;
  });
  return `modules: ${report.modules.accepted} accepted, ${report.modules.refused} refused by rule
assertions: ${report.passed} passed (at least ${LEAST_PASSES} wanted), ${report.failed.length} failed
refused, by rule:
${table(report.refusedBy)}not judged:
${table(report.skippedBecause)}failures:
${explained.join("")}${report.unexplained.map((line) => `UNEXPLAINED ${line}\n`).join("")}${report.ok ? "OK" : "FAILED"}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  if (path === undefined) {
    process.stderr.write("usage: npm run conformance:wasm -- SUITE.tgz [--json]\n");
    process.exit(2);
  }
  const report = runSuite(path);
  process.stdout.write(
    process.argv.includes("--json") ? `${JSON.stringify(report, null, 1)}\n` : describe(report),
  );
  process.exitCode = report.ok ? 0 : 1;
}
