import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

const MODULES = new URL("../../node_modules/", import.meta.url);

/** A tool that does not say its version in this time is taken for missing. */
const PROBE_MS = 2_000;

/** The version of an installed package; many do not let their package.json be imported. */
export function packageVersion(name: string): string | undefined {
  try {
    const text = readFileSync(new URL(`${name}/package.json`, MODULES), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** The first line of what a command on the PATH says of itself. */
export async function commandVersion(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(name, ["--version"], { timeout: PROBE_MS });
    return stdout.split("\n")[0] ?? "";
  } catch {
    return undefined;
  }
}
