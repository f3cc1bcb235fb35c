import { parseArgs } from "node:util";
import { DEVNET, DEVNET_MNEMONIC, startNode } from "@delchain/chain";
import { printAccounts, stopSignal, terminal } from "@delchain/cli";
import { DEFAULT_STORE } from "@delchain/images";
import { mnemonicToAccount } from "viem/accounts";
import { printTable } from "./table.ts";
import { tour } from "./tour.ts";

const HELP = `npm start [-- OPTIONS]: a devnet on this machine, and one token in every language on it

  --once         end after the tour (exit code 1 when a row failed)
  --json         a JSON line for each row instead of the table
  --port NUMBER  where the devnet listens (8545; 0 takes a free one)
  --data FOLDER  keep the chain there; without it the chain is gone with the command
  --help
`;

/** Starts the devnet, shows every kind of contract on it, and stays up until Ctrl-C. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      port: { type: "string", default: "8545" },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = stopSignal();
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say("Starting the devnet …");
  const node = await startNode({
    spec: DEVNET,
    host: "127.0.0.1",
    port: Number(values.port),
    dataFolder: values.data,
    imageFolder: DEFAULT_STORE,
    intervalMs: undefined,
    logLevel: "warn",
  });
  say(`DelChain devnet at ${node.url} (HTTP and WebSocket), chain id ${node.chainId}`);
  try {
    say("Deploying and calling one token in every language …");
    const rows = await tour({
      url: node.url,
      chainId: Number(node.chainId),
      account: mnemonicToAccount(DEVNET_MNEMONIC),
      receiver: mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: 1 }).address,
      drivers: node.drivers,
      onRow: (row) => {
        if (values.json) process.stdout.write(`${JSON.stringify(row)}\n`);
        else say(`  ${row.status === "ok" ? "✓" : "·"} ${row.contract} in ${row.language}`);
      },
    });
    if (!values.json) printTable(rows, (text) => process.stdout.write(`${text}\n`));
    if (values.once) return rows.some(({ status }) => status === "failed") ? 1 : 0;
    if (!values.json) printAccounts(terminal);
    say(`\n${node.url} stays up until Ctrl-C.`);
    await Promise.race([stop, node.failed.then((error) => Promise.reject(error))]);
    return 0;
  } finally {
    say("Stopping: containers and database are being closed …");
    await node.close();
  }
}

process.exitCode = await main();
