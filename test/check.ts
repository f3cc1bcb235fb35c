import { spawnSync } from "node:child_process";
import { join } from "node:path";

// `npm run check`: what must hold before a change lands, quickest first.
const BIN = join(import.meta.dirname, "..", "node_modules", ".bin");
const STEPS: readonly { readonly what: string; readonly command: readonly string[] }[] = [
  { what: "format, lint, import rules", command: ["biome", "ci", "--error-on-warnings", "."] },
  { what: "types", command: ["tsc", "-p", "."] },
  { what: "unused code and dependencies", command: ["knip"] },
];

let failed = 0;
for (const { what, command } of STEPS) {
  const [tool = "", ...args] = command;
  process.stdout.write(`check: ${what}\n`);
  const { status } = spawnSync(join(BIN, tool), args, { stdio: "inherit" });
  if (status !== 0) failed++;
}
process.stdout.write(`check: ${STEPS.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
