import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";

// `npm run bench [names] [-- --json]`: one bench after another, each in a process of its own, so that none warms
// up or burdens the next. `--json` prints one line for each: its rows where it has them, else its text.

const BENCHES: readonly { readonly name: string; readonly what: string }[] = [
  {
    name: "transfers",
    what: "transfers over RPC until every receipt is there, beside hardhat and anvil",
  },
  { name: "container", what: "warm container calls beside an echo over the same socket" },
  { name: "certificates", what: "certificates verified, beside bare BLS signatures" },
  { name: "agreement", what: "simulated agreements, and that nothing wrong comes of them" },
  { name: "wasm", what: "instrumented WebAssembly beside raw V8 and cc -O2" },
  { name: "wasmWeights", what: "the price of WebAssembly instructions against this machine" },
  { name: "php", what: "a PHP token beside one in C, and what a gas of PHP takes" },
  { name: "evm", what: "the EVM tier beside @ethereumjs/vm" },
  { name: "state", what: "hashing and writing blocks beside @ethereumjs/mpt" },
  { name: "rpc", what: "JSON-RPC beside a bare fastify" },
  { name: "callRates", what: "transfers a second of one token in every language" },
  { name: "certified", what: "container calls to their certified receipts, and queries" },
  { name: "hosts", what: "container calls certified by five hosts that do not trust each other" },
  {
    name: "newProject",
    what: "seconds from `new` to a passing test, and of builds, in every language",
  },
  { name: "languages", what: "size and gas of one token in every language beside Solidity's" },
];

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const json = process.argv.includes("--json");
const unknown = asked.filter((name) => !BENCHES.some((bench) => bench.name === name));

if (unknown.length > 0) {
  const known = BENCHES.map(({ name, what }) => `  ${name.padEnd(12)} ${what}`).join("\n");
  process.stderr.write(`there is no bench ${unknown.join(", ")}; there are\n${known}\n`);
  process.exitCode = 2;
} else {
  const chosen = BENCHES.filter(({ name }) => asked.length === 0 || asked.includes(name));
  for (const bench of chosen) await run(bench);
}

async function run({ name, what }: (typeof BENCHES)[number]): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0;
  if (!json) process.stdout.write(`\n${name}: ${what}\n`);
  const args = [join(import.meta.dirname, `${name}.ts`), ...(json ? ["--json"] : [])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const started = performance.now();
  let output = "";
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
    if (!json) process.stdout.write(data);
  });
  const code = await new Promise<number>((resolve) =>
    child.on("close", (exit) => resolve(exit ?? 1)),
  );
  if (code !== 0) process.exitCode = 1;
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  if (json) {
    const load = [loadBefore, loadavg()[0] ?? 0];
    process.stdout.write(
      `${JSON.stringify({ bench: name, code, seconds, load, ...rowsOf(output) })}\n`,
    );
  } else if (code !== 0) process.stdout.write(`${name} ended with exit code ${code}\n`);
}

function rowsOf(output: string): { readonly rows: unknown } | { readonly text: readonly string[] } {
  try {
    return { rows: JSON.parse(output) as unknown };
  } catch {
    return { text: output.trimEnd().split("\n") };
  }
}
