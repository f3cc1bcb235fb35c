// What a node without the PHP interpreter says, as JSON: to a deployment on a devnet, and to whoever starts a network's
// node. Run with `--import withoutPhp.js`.
import { phpTokenCode } from "../../../apps/tour/phpToken.ts";
import { DEVNET } from "../../../chain/index.ts";
import { devnetAccount, startDevnet } from "./devnet.ts";

const devnet = await startDevnet();
const { address: from } = devnetAccount(0);
const deployment = await devnet.call("eth_estimateGas", { from, data: phpTokenCode() });
await devnet[Symbol.asyncDispose]();

let refusal = "it started";
try {
  const network = await startDevnet({ spec: { ...DEVNET, network: "testnet" } });
  await network[Symbol.asyncDispose]();
} catch (error) {
  refusal = `${(error as Error).name}: ${(error as Error).message}`;
}
process.stdout.write(`${JSON.stringify({ deployment: deployment.error?.message, refusal })}\n`);
