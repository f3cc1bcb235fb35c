// Transfers a second of the same token in every language, in one run on one devnet, from raw signed transactions over
// JSON-RPC until every receipt is there; beside Solidity's of the same round.
//   node test/bench/callRates.ts [--count 1000] [--slow 200] [--rounds 3] [--json]

import { loadavg } from "node:os";
import { mnemonicToAccount } from "viem/accounts";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { TokenClient } from "../../apps/tour/client.ts";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { phpToken } from "../../apps/tour/phpToken.ts";
import { DEVNET_MNEMONIC } from "../../chain/index.ts";
import { type Address, toAddress } from "../../runtime/index.ts";
import { startBenchNode } from "./benchNode.ts";
import { median } from "./cpuTime.ts";
import { readOptions } from "./options.ts";
import { CALLERS, runRound, tokenCalls } from "./transferLoad.ts";

type Token = {
  readonly language: string;
  readonly tier: string;
  readonly address: Address;
  /** Transfers a round. */
  readonly count: number;
};

type Row = Omit<Token, "address"> & {
  readonly rates: readonly number[];
  readonly ofSolidity: number;
};

const COINS = 10n ** 20n;
/** More than any tier's transfer takes. */
const GAS_LIMIT = 1_000_000n;

const { json, ...given } = readOptions("count", "slow", "rounds");
const count = Number(given.count ?? 1_000);
/** Of containers and of the PHP interpreter, whose calls take milliseconds. */
const slow = Number(given.slow ?? 200);
const rounds = Number(given.rounds ?? 3);

const loadBefore = loadavg()[0] ?? 0;
const node = await startBenchNode();
try {
  const rows = await measure(await deployAll());
  const load = [loadBefore, loadavg()[0] ?? 0];
  if (json) process.stdout.write(`${JSON.stringify({ load, rows })}\n`);
  else report(rows, load);
} finally {
  await node.close();
}

async function deployAll(): Promise<readonly Token[]> {
  const client = new TokenClient(
    node.url,
    Number(node.chainId),
    mnemonicToAccount(DEVNET_MNEMONIC),
  );
  const optional = [phpToken(), ...(await containerTokens(node.drivers))];
  const missing = optional.find(({ initCode }) => initCode === undefined);
  if (missing?.initCode === undefined && missing) {
    throw new Error(`${missing.head.language}: ${missing.reason}`);
  }
  const artefacts = [...loadArtefacts().values()].filter(({ contract }) => contract === "token");
  const codes = [
    ...artefacts.map(({ language, tier, initCode }) => ({
      language,
      tier,
      code: initCode(),
      count,
    })),
    ...optional.map(({ head: { language, tier }, initCode }) => ({
      ...{ language, tier, count: slow },
      code: initCode as `0x${string}`,
    })),
  ];
  for (const caller of CALLERS) await client.pay(caller, COINS);
  const tokens: Token[] = [];
  for (const { code, ...token } of codes) {
    const address = toAddress((await client.deploy(code)).toLowerCase());
    for (const caller of CALLERS) await client.mint(address, caller, 1_000_000n);
    tokens.push({ ...token, address });
  }
  return tokens;
}

/** Languages take turns within each round; the first round is no measure. */
async function measure(tokens: readonly Token[]): Promise<readonly Row[]> {
  const rates = tokens.map((): number[] => []);
  let first = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [i, token] of tokens.entries()) {
      const each = Math.ceil(token.count / CALLERS.length);
      const calls = tokenCalls(token.address, { first, each, gasLimit: GAS_LIMIT });
      first += each;
      const seconds = await runRound(node.url, calls).catch((error: Error) => {
        throw new Error(`${token.language}, ${token.tier}: ${error.message}`, { cause: error });
      });
      if (round > 0) rates[i]?.push((each * CALLERS.length) / seconds);
    }
  }
  const base = rates[tokens.findIndex(({ tier }) => tier === "evm")] ?? [];
  return tokens.map(({ address: _, ...token }, i) => {
    const own = rates[i] ?? [];
    const ratios = own.map((rate, round) => rate / (base[round] ?? Number.NaN));
    return { ...token, rates: own, ofSolidity: median(ratios) };
  });
}

function report(rows: readonly Row[], load: readonly number[]): void {
  print("| language | tier | calls a second | spread | of Solidity's |\n|---|---|--:|---|--:|");
  for (const { language, tier, rates, ofSolidity } of rows) {
    const spread = `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`;
    const cells = [language, tier, median(rates).toFixed(0), spread, ofSolidity.toFixed(2)];
    print(`| ${cells.join(" | ")} |`);
  }
  const [before = 0, after = 0] = load;
  print(`load average ${before.toFixed(1)} before, ${after.toFixed(1)} after`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
