// Seeded agreements among liars, copiers, crashes and bad networks (chain/attest/simulation): how they ended, and
// whether anything came about that must not. Exits with 1 and the seeds when it did.
//   node start.js run test/bench/agreement.ts [--runs 10000] [--from 0] [--json]

import { simulate } from "../../chain/attest/simulation/simulate.ts";
import { cpuMs } from "./cpuTime.ts";
import { readOptions } from "./options.ts";

const { json, ...given } = readOptions("runs", "from");
const runs = Number(given.runs ?? 10_000);
const from = Number(given.from ?? 0);

// Refused messages are errors by the million, whose stacks nobody reads.
Error.stackTraceLimit = 0;
const before = cpuMs();
const ends: Record<string, number> = {};
const broken: string[] = [];
let events = 0;
for (let seed = from; seed < from + runs; seed++) {
  const result = simulate(seed);
  const end = result.level === undefined ? "given up" : `${result.ended} at ${result.level}`;
  ends[end] = (ends[end] ?? 0) + 1;
  events += result.events;
  broken.push(...result.broken.map((what) => `seed ${seed}: ${what}`));
}
const seconds = (cpuMs() - before) / 1_000;
if (json) {
  process.stdout.write(`${JSON.stringify({ runs, from, ends, events, broken, seconds })}\n`);
} else {
  process.stdout.write(
    `${runs} runs from seed ${from}, ${events} events, ${seconds.toFixed(0)} s of CPU\n`,
  );
  for (const [end, count] of Object.entries(ends)) {
    process.stdout.write(`  ${end.padEnd(20)} ${count}\n`);
  }
  process.stdout.write(broken.length === 0 ? "nothing broken\n" : `${broken.join("\n")}\n`);
}
process.exitCode = broken.length === 0 ? 0 : 1;
