import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A node that speaks Ethereum's JSON-RPC, with chain id 31337 and the test mnemonic's accounts. */
export type Peer = {
  readonly name: string;
  readonly url: string;
  close(): Promise<void>;
};

const MODULES = join(import.meta.dirname, "../../node_modules");

/** Hardhat's own network as a server, a block for each transaction, as `npx hardhat node` starts it. */
export async function startHardhat(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), "delchain-hardhat-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "hardhat.config.js"), "export default {};\n");
  // It runs only for a project that has it installed.
  symlinkSync(MODULES, join(folder, "node_modules"));
  const port = await freePort();
  const cli = join(MODULES, "hardhat/dist/src/cli.js");
  const args = [cli, "node", "--hostname", "127.0.0.1", "--port", String(port)];
  const env = { ...process.env, HARDHAT_DISABLE_TELEMETRY_PROMPT: "true", CI: "true" };
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const peer = await listening("hardhat", child, port, /Started HTTP/);
  return {
    ...peer,
    close: async () => {
      await peer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Foundry's node with a block a second: mining at once, it stalls under bursts. */
export async function startAnvil(): Promise<Peer> {
  const port = await freePort();
  const args = ["--port", String(port), "--block-time", "1", "--gas-limit", "134217728"];
  const anvil = join(MODULES, ".bin/anvil");
  const child = spawn(anvil, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  return listening("anvil", child, port, /Listening on/);
}

async function listening(
  name: string,
  child: ChildProcess,
  port: number,
  ready: RegExp,
): Promise<Peer> {
  let output = "";
  const ended = once(child, "close");
  await new Promise<void>((resolve, reject) => {
    const read = (data: Buffer): void => {
      if (output.length < 65_536) output += data.toString();
      if (ready.test(output)) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    void ended.then(() => reject(new Error(`${name} did not start: ${output}`)));
  });
  const close = async (): Promise<void> => {
    // anvil's launcher starts another process: both are one group.
    if (name === "anvil" && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
    await ended;
  };
  return { name, url: `http://127.0.0.1:${port}`, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
