import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Row } from "../../apps/tour/row.ts";
import { tour } from "../../apps/tour/tour.ts";
import { devnetAccount, startDevnet } from "./support/devnet.ts";
import { runScript, startProgram } from "./support/program.ts";

const MAIN = "apps/tour/main.ts";
const FIELDS =
  "contract,language,tier,driver,address,call,result,gas,orderedIn,resultIn,resultHash,status";
const NO_DOCKER = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };

const named = ({ contract, language, tier, driver }: Row): string =>
  [contract, language, tier, driver].join(" | ");

test("one client deploys and calls the token in every language and tier, and all behave the same", async () => {
  await using devnet = await startDevnet();
  const rows = await tour({
    url: devnet.url,
    chainId: Number(devnet.node.chainId),
    account: devnetAccount(0),
    receiver: devnetAccount(1).address,
    drivers: devnet.node.drivers,
    onRow: () => undefined,
  });
  assert.deepEqual(rows.map(named), [
    "Token | Solidity | evm | revm",
    "Token | C | wasm | V8",
    "Token | AssemblyScript | wasm | V8",
    "Token | Rust | wasm | V8",
    "Token | Java | wasm | V8",
    "Token | PHP | wasm | php",
    "Relay | Solidity, C | evm, wasm | revm, V8",
    "Token | C (WASI) | container | wasmer",
    "Token | C | container | docker",
    "Token | PHP | container | docker",
    "Token | Java | container | docker",
    "Token | TypeScript | container | docker",
  ]);
  for (const row of rows) {
    // What a checkout does not bring are images from Debian's packages.
    if (row.driver === "docker" && row.status === "left out") {
      assert.equal(row.result, `the ${row.language} image is not built: npm run images`);
      continue;
    }
    assert.equal(row.status, "ok", `${named(row)}: ${row.result}`);
    const works =
      row.contract === "Token"
        ? /^true; balance 250; overdraft reverts: insufficient balance$/
        : /^true; balance 250; /;
    assert.match(row.result, works);
    assert.match(row.address, /^0x[0-9a-f]{40}$/);
    assert.match(row.resultHash, /^0x[0-9a-f]{64}$/);
    const later = Number(row.resultIn) - Number(row.orderedIn);
    assert.equal(later > 0, row.tier === "container", named(row));
  }
});

test("without a Docker engine its rows say why and how to look, and the tour is a success", async () => {
  const { code, stdout } = await runScript(MAIN, ["--once", "--json", "--port", "0"], NO_DOCKER);
  assert.equal(code, 0);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
  for (const row of rows) assert.equal(Object.keys(row).join(","), FIELDS);
  for (const { driver, status, result } of rows) {
    assert.equal(status, driver === "docker" ? "left out" : "ok", result);
    if (driver === "docker") assert.match(result, /Docker engine.*Try: docker version/);
  }
  assert.equal(rows.length, 12);
});

test("a tour that is interrupted closes its node, leaves no files, and is no success", async () => {
  const TMPDIR = mkdtempSync(join(tmpdir(), "dc-test-"));
  using running = startProgram([process.execPath, MAIN, "--once", "--port", "0"], {
    ...NO_DOCKER,
    TMPDIR,
  });
  await running.line(/✓ Token in Solidity/);
  running.child.kill("SIGINT");
  // As a terminal does it, and the launcher once more.
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  assert.deepEqual([code, stdout], [130, ""]);
  assert.match(
    stderr,
    /Stopping: containers and database are being closed …\n.*interrupted before the tour's end\n$/,
  );
  assert.deepEqual(readdirSync(TMPDIR), []);
  rmSync(TMPDIR, { recursive: true });
});

test("bad options and folders are named, and nothing is printed as an answer", async () => {
  const answers = await Promise.all([
    runScript(MAIN, ["--port", "x"]),
    runScript(MAIN, ["--onse"]),
    runScript(MAIN, ["--data", join(import.meta.filename, "chain")]),
  ]);
  assert.deepEqual(
    answers.map(({ code, stdout }) => [code, stdout]),
    [
      [2, ""],
      [2, ""],
      [69, ""],
    ],
  );
  const [port, option, folder] = answers.map(({ stderr }) => stderr);
  assert.match(port ?? "", /'x' is invalid. It takes a whole number/);
  assert.match(option ?? "", /--onse.*\n.*Did you mean --once/);
  assert.match(folder ?? "", /tour\.test\.ts\/chain cannot be made .*--data FOLDER/);
});
