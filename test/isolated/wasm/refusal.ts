// Calls the probe contract, whose memory begins with 3 pages, in an engine that gives a memory at most so many, and
// prints how that ended: refusal.ts PAGES start|grow, where `grow` asks for 5 pages more.
import { setFlagsFromString } from "node:v8";
import { account, MapChain } from "../../../runtime/wasm/testing/mapHost.ts";
import { command, PROBE, u32 } from "../../../runtime/wasm/testing/probe.ts";
import { WasmTier } from "../../../runtime/wasm/wasmTier.ts";

const chain = new MapChain(new WasmTier());
const contract = account(0xaa);
chain.contracts.set(contract, PROBE);
const input = process.argv[3] === "grow" ? command("grow", u32(5)) : new Uint8Array();
// Node's own modules need memory too, and have it by now.
setFlagsFromString(`--wasm-max-mem-pages=${process.argv[2]}`);
try {
  process.stdout.write(chain.send(contract, input).result.status);
} catch (error) {
  process.stdout.write(error instanceof Error ? error.name : String(error));
}
