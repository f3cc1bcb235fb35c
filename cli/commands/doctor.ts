import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseBls, chooseRecovery } from "@delchain/chain";
import { DEFAULT_STORE, findImage, openImageStore } from "@delchain/images";
import {
  type DriverOffer,
  DriverSet,
  hasInterpreter,
  hostDrivers,
  PHP_REMEDY,
} from "@delchain/runtime";
import { color, type Output, table, terminalWidth } from "../output.ts";
import { commandVersion, packageVersion } from "./probes.ts";

export type Finding = {
  readonly tier: "all" | "evm" | "wasm" | "container";
  readonly what: string;
  /** What it is for. */
  readonly serves: string;
  readonly found: boolean;
  /** What was found, or how to get it. */
  readonly detail: string;
};

/** An engine that says nothing in this time is of no use to a node either. */
const ENGINE_MS = 2_000;

const TOOLS = "npm run check installs the developer tools";
const ENGINE = "Debian: apt-get install docker.io, and usermod -aG docker USER; macOS: colima";
const RUSTUP = "https://rustup.rs, which then fetches the toolchain that rust-toolchain.toml names";

/**
 * Says for each tier what this machine has, what is missing, and how to get it. Changes nothing, and does not fail
 * for what is missing: each part serves something of its own.
 */
export async function doctor({ json }: { readonly json: boolean }, output: Output): Promise<void> {
  const findings = (await Promise.all([core(), evm(), wasm(), containers()])).flat();
  if (json) {
    output.json({ findings });
    return;
  }
  const rows = findings.map(({ tier, what, serves, found, detail }) => [
    found ? "yes" : "no",
    tier,
    what,
    serves,
    detail,
  ]);
  output.line(
    table(["here", "tier", "part", "serves", "found, or how to get it"], rows, terminalWidth()),
  );
  const missing = findings.filter(({ found }) => !found).length;
  output.line(
    missing === 0
      ? color.green("\nEverything is here.")
      : `\n${missing} missing; everything that they do not serve works all the same.`,
  );
}

async function core(): Promise<readonly Finding[]> {
  const { recovery } = await chooseRecovery();
  const { bls, reason } = chooseBls();
  const node = `${process.version} on ${process.platform}-${process.arch}`;
  return [
    { tier: "all", what: "Node", serves: "everything", found: true, detail: node },
    { tier: "all", what: "signatures", serves: "transactions", found: true, detail: recovery.name },
    {
      tier: "all",
      what: "BLS",
      serves: "attestations",
      found: true,
      detail: `${bls.name}: ${reason}`,
    },
  ];
}

async function evm(): Promise<readonly Finding[]> {
  return [
    { tier: "evm", what: "revm", serves: "running", found: true, detail: "in the repository" },
    probed("evm", "solc", "compiling Solidity", packageVersion("solc"), TOOLS),
  ];
}

async function wasm(): Promise<readonly Finding[]> {
  const cargo = await commandVersion("cargo");
  const java = await commandVersion("java");
  const phpUnit = await commandVersion("phpunit");
  return [
    { tier: "wasm", what: "V8", serves: "running", found: true, detail: process.versions.v8 },
    probed("wasm", "php", "contracts in PHP", hasInterpreter() ? "8.4" : undefined, PHP_REMEDY),
    probed("wasm", "phpunit", "tests in PHP", phpUnit, "Debian: phpunit and php-bcmath"),
    probed("wasm", "clang", "compiling C", packageVersion("@yowasp/clang"), TOOLS),
    probed("wasm", "asc", "compiling AssemblyScript", packageVersion("assemblyscript"), TOOLS),
    probed("wasm", "cargo", "compiling Rust, the EVM engine", cargo, RUSTUP),
    probed("wasm", "java", "compiling Java", java, "Debian: openjdk-17-jre-headless and maven"),
  ];
}

async function containers(): Promise<readonly Finding[]> {
  const images = openImageStore(DEFAULT_STORE);
  const offers = hostDrivers({ runDirectory: tmpdir(), images });
  const [drivers, php, gcc, apt] = await Promise.all([
    Promise.all(offers.map(driver)),
    findImage("php"),
    commandVersion("gcc"),
    commandVersion("apt-get"),
  ]);
  const noImage = "npm run images";
  const noApt =
    "images are put together from Debian 12's packages: build them there, copy .delchain/images";
  return [
    ...drivers,
    probed("container", "image php", "contracts in PHP", php?.digest.slice(0, 19), noImage),
    probed("container", "apt-get", "building image php", apt, noApt),
    probed("container", "gcc", "compiling C", gcc, "Debian: apt-get install gcc"),
  ];
}

function probed(
  tier: Finding["tier"],
  what: string,
  serves: string,
  version: string | undefined,
  remedy: string,
): Finding {
  return { tier, what, serves, found: version !== undefined, detail: version ?? remedy };
}

/** Opens a driver as a node would, and lets go of it. */
async function driver(offer: DriverOffer): Promise<Finding> {
  const set = new DriverSet([offer]);
  const opened = set.status().then(async ([status]) => {
    await set.close();
    return status?.trouble ?? "";
  });
  const late = `the engine said nothing in ${ENGINE_MS / 1_000} s. Try: docker version`;
  const trouble = await Promise.race([opened, sleep(ENGINE_MS, late, { ref: false })]);
  const serves = `containers for ${offer.platform}`;
  const version = trouble === "" ? "ready" : undefined;
  const remedy = offer.name === "docker" ? `${trouble}. ${ENGINE}` : trouble;
  return probed("container", offer.name, serves, version, remedy);
}
