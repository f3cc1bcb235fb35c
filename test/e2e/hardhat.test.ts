import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { sharedDevnet } from "./support/devnet.ts";

// A project of Hardhat 3 (`hardhat/`) as its users have them, against a devnet.

const PROJECT = join(import.meta.dirname, "hardhat");
const HARDHAT = join(import.meta.dirname, "../../node_modules/hardhat/dist/src/cli.js");

after(() => {
  for (const folder of ["artifacts", "cache"]) {
    rmSync(join(PROJECT, folder), { recursive: true, force: true });
  }
});

test("Hardhat compiles, deploys and tests its project on a devnet", async () => {
  const { url } = await sharedDevnet();
  const env = {
    ...process.env,
    DELCHAIN_RPC: url,
    NO_COLOR: "1",
    HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
  };
  // The runner of this file would take the runner of that project for a part of itself.
  delete (env as NodeJS.ProcessEnv).NODE_TEST_CONTEXT;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [HARDHAT, "--network", "delchain", "test", "nodejs"],
    { cwd: PROJECT, env },
  ).catch((error: { readonly stdout: string; readonly stderr: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  assert.match(stdout, /2 passing/);
});
