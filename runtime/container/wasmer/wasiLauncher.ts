/**
 * The process that a WASI contract lives in, killed from outside: the launcher of PROTOCOL.md for programs that
 * cannot fork. Its standard input is the module, descriptor 3 the stream to the host. It keeps fresh WASI processes
 * prepared, gives one the next CALL, and says HELLO or TRAP in its place when it has ended.
 */
import { Socket } from "node:net";
import { Wasmer } from "@wasmer/sdk/node";
import { FrameReader } from "../frameReader.ts";
import { encodeFrame, FRAME_HEAD_BYTES, PROTOCOL_VERSION } from "../frames.ts";
import { FRAME_BYTES_MAX } from "../limits.ts";

type Sandbox = Awaited<ReturnType<Wasmer["sandboxes"]["create"]>>;
type Program = Awaited<ReturnType<Wasmer["packages"]["load"]>>;
type WasiProcess = Awaited<ReturnType<ReturnType<Sandbox["command"]>["spawn"]>>;

const HOST_DESCRIPTOR = 3;
/** What is kept of one process's standard error. */
const ERROR_BYTES_KEPT = 4_096;
/** One takes the running call while the SDK, which needs some milliseconds for it, gets the next one ready. */
const PREPARED = 2;
/** A WASI program that traps has no signal; every trap is told as SIGILL, what `unreachable` is elsewhere. */
const SIGILL = 4;
const HELLO_BYTES = FRAME_HEAD_BYTES + 2;

/** A fresh process that has said HELLO and waits for its one CALL. */
type Prepared = { readonly process: WasiProcess; readonly output: AsyncIterator<Uint8Array> };

const host = new Socket({ fd: HOST_DESCRIPTOR, readable: true, writable: true });
// The host is gone, so nobody wants the result; the guest's threads end with the process.
host.once("close", () => process.exit(0));
host.on("error", () => process.exit(0));

async function serve(): Promise<void> {
  const environment = { DELCHAIN_CHANNEL: "stdio", DELCHAIN_ISOLATION: "process" };
  const wasmer = new Wasmer({ cache: "memory", parallelism: 1, outputBytes: ERROR_BYTES_KEPT });
  const program = await wasmer.packages.load(await standardInput());
  const sandbox = await wasmer.sandboxes.create({
    packages: [program],
    network: { mode: "disabled" },
    env: environment,
  });
  const prepared: Promise<Prepared>[] = [];
  const prepareNext = (): void => {
    const next = prepare(sandbox, program);
    // The CALL that gets it awaits it and fails there.
    next.catch(() => undefined);
    prepared.push(next);
  };
  for (let i = 0; i < PREPARED; i++) prepareNext();
  await Promise.all(prepared);
  host.write(hello(0n));
  const reader = new FrameReader(FRAME_BYTES_MAX);
  let running: Prepared | undefined;
  for await (const piece of host as AsyncIterable<Buffer>) {
    if (running) {
      // An answer to a process that has ended meanwhile is for nobody.
      void running.process.stdin?.write(piece).catch(() => undefined);
      continue;
    }
    for (const frame of reader.push(piece)) {
      const fresh = await (prepared.shift() as Promise<Prepared>);
      running = fresh;
      await fresh.process.stdin?.write(encodeFrame(frame));
      void run(fresh).then((last) => {
        running = undefined;
        host.write(last(frame.exchange));
        prepareNext();
      });
    }
  }
}

async function prepare(sandbox: Sandbox, program: Program): Promise<Prepared> {
  const command = sandbox.command(program, []);
  const wasi = await command.spawn({ stdin: "pipe", stdout: "pipe", stderr: "capture" });
  if (!wasi.stdout) throw new Error("the SDK gave no standard output");
  const output = wasi.stdout[Symbol.asyncIterator]();
  const expected = Buffer.from(hello(0n));
  let said = Buffer.alloc(0);
  while (said.length < HELLO_BYTES) {
    const { value, done } = await output.next();
    if (done) break;
    said = Buffer.concat([said, value]);
  }
  if (!said.equals(expected)) {
    throw new Error(`the program said ${said.subarray(0, 40).toString("hex")}, not HELLO(0)`);
  }
  return { process: wasi, output };
}

/** Passes on what the process says until it has ended; returns the launcher's last word on the call. */
async function run({ process: wasi, output }: Prepared): Promise<(exchange: bigint) => Uint8Array> {
  for (;;) {
    const { value, done } = await output.next();
    if (done) break;
    host.write(value);
  }
  try {
    const { exitCode, stderr } = await wasi.wait();
    process.stderr.write(stderr.bytes);
    if (exitCode === 0) return hello;
    return (exchange) => encodeFrame({ type: "TRAP", exchange, kind: "exit", detail: exitCode });
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split("\n")[0]}\n`);
    return (exchange) => encodeFrame({ type: "TRAP", exchange, kind: "signal", detail: SIGILL });
  }
}

function hello(exchange: bigint): Uint8Array {
  return encodeFrame({ type: "HELLO", exchange, version: PROTOCOL_VERSION });
}

async function standardInput(): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

await serve().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
});
