import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { chooseBls, chooseRecovery } from "@delchain/chain";
import { DEFAULT_STORE, openImageStore } from "@delchain/images";
import { DriverSet, hostDrivers } from "@delchain/runtime";
import { color, type Output, table } from "../output.ts";

export type Finding = {
  readonly what: string;
  /** What it is for. */
  readonly serves: string;
  readonly found: boolean;
  /** What was found, or how to get it. */
  readonly detail: string;
};

const run = promisify(execFile);

/** A tool that does not say its version in this time is taken for missing. */
const PROBE_MS = 10_000;

/** Says for each tier what this machine has, what is missing, and how to get it; never changes anything. */
export async function doctor({ json }: { readonly json: boolean }, output: Output): Promise<void> {
  const findings = (await Promise.all([core(), drivers(), toolchains()])).flat();
  if (json) {
    output.json({ findings });
    return;
  }
  const rows = findings.map(({ what, serves, found, detail }) => [
    found ? "yes" : "no",
    what,
    serves,
    detail,
  ]);
  output.line(table(["here", "part", "serves", "found, or how to get it"], rows));
  const missing = findings.filter(({ found }) => !found).length;
  output.line(
    missing === 0
      ? color.green("\nEverything is here.")
      : `\n${missing} parts are missing; what they do not serve works all the same.`,
  );
}

async function core(): Promise<readonly Finding[]> {
  const recovery = await chooseRecovery();
  const bls = chooseBls();
  return [
    {
      what: "Node",
      serves: "everything",
      found: true,
      detail: `${process.version} on ${process.platform}-${process.arch}`,
    },
    {
      what: "signatures",
      serves: "transactions",
      found: true,
      detail: recovery.recovery.name,
    },
    {
      what: "BLS",
      serves: "attestations",
      found: true,
      detail: `${bls.bls.name}: ${bls.reason}`,
    },
  ];
}

async function drivers(): Promise<readonly Finding[]> {
  const drivers = new DriverSet(
    hostDrivers({ runDirectory: tmpdir(), images: openImageStore(DEFAULT_STORE) }),
  );
  const statuses = await drivers.status();
  await drivers.close();
  return statuses.map(({ name, platform, trouble }) => ({
    what: `driver ${name}`,
    serves: `containers for ${platform}`,
    found: trouble === "",
    detail: trouble === "" ? "ready" : trouble,
  }));
}

function toolchains(): Promise<readonly Finding[]> {
  return Promise.all([
    packaged("solc", "contracts in Solidity"),
    packaged("@yowasp/clang", "contracts in C"),
    packaged("assemblyscript", "contracts in AssemblyScript"),
    command(
      "cargo",
      ["--version"],
      "contracts in Rust",
      "install rustup, then: rustup target add wasm32-unknown-unknown",
    ),
    command(
      "docker",
      ["--version"],
      "looking at containers by hand",
      "Debian: apt-get install docker.io",
    ),
  ]);
}

async function packaged(name: string, serves: string): Promise<Finding> {
  try {
    const { version } = createRequire(import.meta.url)(`${name}/package.json`) as {
      version: string;
    };
    return { what: name, serves, found: true, detail: version };
  } catch {
    return {
      what: name,
      serves,
      found: false,
      detail: "node start.js check installs the developer tools",
    };
  }
}

async function command(
  name: string,
  args: readonly string[],
  serves: string,
  remedy: string,
): Promise<Finding> {
  try {
    const { stdout } = await run(name, args, { timeout: PROBE_MS });
    return { what: name, serves, found: true, detail: stdout.split("\n")[0] ?? "" };
  } catch {
    return { what: name, serves, found: false, detail: remedy };
  }
}
