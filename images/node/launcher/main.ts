import { pathToFileURL } from "node:url";
import { EXIT, FRAME, type Frame, FrameStream } from "./frameStream.ts";
import { Isolate } from "./isolate.ts";

// The first process of a container with a contract in TypeScript or JavaScript: node main.js CONTRACT. Says HELLO when
// the contract is loaded, and gives every call an isolate of its own (PROTOCOL.md, "Course of a call").

/** What stands before the input in a CALL. */
const CALL_FIELD_BYTES = 176;
const VERSION = Uint8Array.of(0, 1);

const contract = pathToFileURL(process.argv[2] ?? "").href;
const isOneCall = process.env.DELCHAIN_ISOLATION === "process";
// Dates of a contract are told in this zone.
process.env.TZ = "UTC";

let next = new Isolate(contract);
await next.ready.catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(EXIT.noContract);
});
const stream = FrameStream.open(process.env.DELCHAIN_CHANNEL ?? "");
hello(0n);
for (;;) {
  const frame = await stream.receive();
  if (frame.type !== FRAME.call || frame.body.length < CALL_FIELD_BYTES)
    process.exit(EXIT.protocol);
  await serve(frame);
}

async function serve(frame: Frame): Promise<void> {
  const isolate = next;
  await isolate.ready;
  const { exchange } = frame;
  const ending = await isolate.run(frame, stream);
  if (ending.kind === "result") stream.send({ type: FRAME.result, exchange, body: ending.body });
  await isolate.close();
  if (isOneCall) {
    await stream.flush();
    process.exit(EXIT.done);
  }
  if (ending.kind === "trap") stream.send({ type: FRAME.trap, exchange, body: ending.body });
  else hello(exchange);
  next = new Isolate(contract);
}

function hello(exchange: bigint): void {
  stream.send({ type: FRAME.hello, exchange, body: VERSION });
}
