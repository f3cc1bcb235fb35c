import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

const ROOT = join(import.meta.dirname, "../..");

// Plain JavaScript has no types to import.
const { isInstalled } = (await import(`${ROOT}/start.js`)) as {
  isInstalled: (root: string, withTools: boolean) => boolean;
};
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "delchain-launcher-"));
  folders.push(folder);
  return folder;
}

type Locked = Record<string, Record<string, unknown>>;

/** A clone of which only the launcher and the lock file matter. */
function newClone(wanted: Locked, found?: Locked): string {
  const root = newFolder();
  copyFileSync(join(ROOT, "start.js"), join(root, "start.js"));
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: wanted }));
  if (found === undefined) return root;
  for (const path of Object.keys(found)) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, "package.json"), "{}");
  }
  writeFileSync(join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages: found }));
  return root;
}

/** The Node that a newcomer has: an older one of this machine where there is one, else this one. */
const newcomersNode: string = (() => {
  try {
    const version = execFileSync("/usr/bin/node", ["--version"], { encoding: "utf8" });
    return Number(version.slice(1).split(".")[0]) >= 20 ? "/usr/bin/node" : process.execPath;
  } catch {
    return process.execPath;
  }
})();

type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs a launcher; `signal` is sent to it alone when it has printed `when`. */
function start(
  root: string,
  args: readonly string[],
  env: Record<string, string | undefined> = {},
  { signal, when }: { signal?: NodeJS.Signals; when?: RegExp } = {},
): Promise<Ended> {
  const child = spawn(newcomersNode, [join(root, "start.js"), ...args], {
    env: { ...process.env, npm_execpath: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = { stdout: "", stderr: "" };
  let isSent = false;
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (data) => {
      ended[name] += data;
      if (signal && !isSent && when?.test(ended[name])) isSent = child.kill(signal);
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...ended })));
}

/** Stands in for npm where a registry would have to fail. */
function fakeNpm(script: string): string {
  const path = join(newFolder(), "npm-cli.js");
  writeFileSync(path, script);
  return path;
}

const LOCK: Locked = {
  "": { version: "0.1.0" },
  cli: { version: "0.1.0" },
  "node_modules/@delchain/cli": { resolved: "cli", link: true },
  "node_modules/viem": { version: "2.0.0" },
  "cli/node_modules/commander": { version: "15.0.0" },
  "node_modules/level": { version: "1.0.0", optional: true },
  "node_modules/knip": { version: "6.0.0", dev: true },
};
const without = (...paths: readonly string[]): Locked =>
  Object.fromEntries(Object.entries(LOCK).filter(([path]) => path !== "" && !paths.includes(path)));

test("installed is what has every package of the lock file at its version", () => {
  const state = (found?: Locked): readonly boolean[] => {
    const root = newClone(LOCK, found);
    return [isInstalled(root, false), isInstalled(root, true)];
  };
  assert.deepEqual(state(without()), [true, true]);
  assert.deepEqual(state(undefined), [false, false]);
  assert.deepEqual(state(without("node_modules/knip")), [true, false]);
  assert.deepEqual(state(without("node_modules/level")), [true, true]);
  assert.deepEqual(state(without("node_modules/viem")), [false, false]);
  assert.deepEqual(state(without("cli/node_modules/commander")), [false, false]);
  const stale = { ...without(), "node_modules/viem": { version: "1.9.9" } };
  assert.deepEqual(state(stale), [false, false]);
});

test("a package whose folder was removed is missed, whatever npm's list says", () => {
  const root = newClone(LOCK, without());
  rmSync(join(root, "node_modules/viem"), { recursive: true });
  assert.equal(isInstalled(root, false), false);
});

test("what makes no sense exits with 2, before anything is installed", async () => {
  const root = newClone(LOCK);
  const [unknown, noFile] = await Promise.all([start(root, ["tset"]), start(root, ["run"])]);
  assert.deepEqual([unknown.code, unknown.stdout, noFile.code, noFile.stdout], [2, "", 2, ""]);
  assert.match(unknown.stderr, /^unknown command: tset\n\nusage: node start\.js/);
  assert.match(noFile.stderr, /usage: node start\.js run FILE\.ts/);
});

test("an npm that fails is quoted without its usage, with a remedy, on standard error alone", async () => {
  const root = newClone(LOCK);
  const npm = fakeNpm(
    'console.error("npm error code ENOTFOUND\\nnpm error no such host\\nnpm error Usage:\\nnpm error npm ci"); process.exit(7)',
  );
  const { code, stdout, stderr } = await start(root, ["--json"], { npm_execpath: npm });
  assert.deepEqual([code, stdout], [69, ""]);
  assert.match(
    stderr,
    /exit code 7:\nnpm error code ENOTFOUND\nnpm error no such host\n\nIs there a network/,
  );
});

test("where there is no npm it says where npm comes from", async () => {
  const { code, stderr } = await start(newClone(LOCK), [], { PATH: "/nonexistent" });
  assert.equal(code, 69);
  assert.match(stderr, /npm cannot be started: .*https:\/\/nodejs\.org/);
});

test("an installation that is interrupted ends at once, even when npm does not care", async () => {
  const npm = fakeNpm(
    'process.on("SIGTERM", () => {}); console.error("busy"); setInterval(() => {}, 1000)',
  );
  const on = { signal: "SIGTERM", when: /Installing packages/ } as const;
  const { code, stderr } = await start(newClone(LOCK), [], { npm_execpath: npm }, on);
  assert.equal(code, 143);
  assert.match(stderr, /Interrupted; the same command begins again\.\n$/);
});

test("a program runs under Node 26 with its arguments, and its exit code is the launcher's", async () => {
  const file = join(newFolder(), "program.ts");
  writeFileSync(
    file,
    "const args: readonly string[] = process.argv.slice(2);\nprocess.stdout.write(process.versions.node + ' ' + args.join());\nprocess.exitCode = 7;\n",
  );
  const { code, stdout, stderr } = await start(ROOT, ["run", file, "--json", "a b"]);
  assert.deepEqual([code, stderr], [7, ""]);
  assert.match(stdout, /^26\.\d+\.\d+ --json,a b$/);
});

test("each signal that reaches the launcher alone reaches the program, which decides how to end", async () => {
  const file = join(newFolder(), "program.ts");
  writeFileSync(
    file,
    "for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { console.log('got', signal); process.exit(0); });\nsetInterval(() => {}, 1000);\nconsole.log('ready');\n",
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const { code, stdout } = await start(ROOT, ["run", file], {}, { signal, when: /ready/ });
    assert.deepEqual([code, stdout], [0, `ready\ngot ${signal}\n`]);
  }
});

test("the lock file has every optional package of every platform, without which npm ci refuses it", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Locked;
  };
  const isLocked = (path: string, name: string): boolean =>
    `${path === "" ? "" : `${path}/`}node_modules/${name}` in lock.packages ||
    (path !== "" && isLocked(dirname(path) === "." ? "" : dirname(path), name));
  for (const [path, { optionalDependencies }] of Object.entries(lock.packages)) {
    for (const name of Object.keys(optionalDependencies ?? {})) {
      assert.ok(
        isLocked(path, name),
        `${name}, which ${path} may use, is not in package-lock.json`,
      );
    }
  }
});
