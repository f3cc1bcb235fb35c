import type { Account, Address, Hex } from "viem";
import { loadArtefacts } from "./artefacts.ts";
import { TokenClient } from "./client.ts";
import { containerTokens, type OptionalToken } from "./containerTokens.ts";
import { phpToken } from "./phpToken.ts";
import { failed, leftOut, type Row, type RowHead, settledRow } from "./row.ts";

export type TourOptions = {
  readonly url: string;
  readonly chainId: number;
  /** Pays for everything. */
  readonly account: Account;
  /** Receives the tokens. */
  readonly receiver: Address;
  /** What runs containers on the node: names of drivers with their trouble, empty for none. */
  readonly drivers: readonly { readonly name: string; readonly trouble: string }[];
  /** Told each row when it is there. */
  readonly onRow: (row: Row) => void;
};

const MINTED = 1_000n;
const SENT = 250n;

/** One token in every language and tier, deployed and called by the same client code; then a call across tiers. */
export async function tour(options: TourOptions): Promise<readonly Row[]> {
  const client = new TokenClient(options.url, options.chainId, options.account);
  const rows: Row[] = [];
  const tell = (row: Row) => {
    rows.push(row);
    options.onRow(row);
  };
  const artefacts = loadArtefacts();
  for (const { contract, language, tier, initCode } of artefacts.values()) {
    if (contract !== "token") continue;
    const driver = tier === "evm" ? "revm" : "V8";
    tell(
      await tokenRow(client, { contract: "Token", language, tier, driver }, initCode(), options),
    );
  }
  tell(await preparedRow(client, phpToken(), options));
  tell(await relayRow(client, options));
  for (const token of await containerTokens(options.drivers)) {
    tell(await preparedRow(client, token, options));
  }
  return rows;
}

async function preparedRow(
  client: TokenClient,
  token: OptionalToken,
  options: TourOptions,
): Promise<Row> {
  if (token.initCode === undefined) return leftOut(token.head, token.reason);
  return tokenRow(client, token.head, token.initCode, options);
}

/** Deploys a token, mints, transfers, and looks at what a wallet would look at. */
async function tokenRow(
  client: TokenClient,
  head: RowHead,
  initCode: Hex,
  { account, receiver }: TourOptions,
): Promise<Row> {
  try {
    const address = await client.deploy(initCode);
    await client.mint(address, account.address, MINTED);
    const settled = await client.transfer(address, receiver, SENT);
    const balance = await client.balanceOf(address, receiver);
    const refusal = await client.refusal(address, receiver, MINTED);
    if (balance !== SENT) throw new Error(`the receiver has ${balance} tokens, not ${SENT}`);
    if (refusal !== "insufficient balance") throw new Error(`an overdraft says ${refusal}`);
    const result = `true; balance ${balance}; overdraft reverts: ${refusal}`;
    return settledRow(head, { address, call: `transfer(to, ${SENT})`, result, ...settled });
  } catch (error) {
    return failed(head, error);
  }
}

/** Solidity calls C in WebAssembly calls Solidity, in one transaction. */
async function relayRow(client: TokenClient, { receiver }: TourOptions): Promise<Row> {
  const head = {
    contract: "Relay",
    language: "Solidity, C",
    tier: "evm, wasm",
    driver: "revm, V8",
  };
  try {
    const artefacts = loadArtefacts();
    const deploy = (name: string) => {
      const artefact = artefacts.get(name);
      if (artefact === undefined) throw new Error(`there is no artefact ${name}`);
      return client.deploy(artefact.initCode());
    };
    const forwarder = await deploy("forwarder-c");
    const token = await deploy("token-solidity");
    const address = await deploy("relay-solidity");
    await client.mint(token, forwarder, MINTED);
    const settled = await client.relay(address, { forwarder, token }, receiver, SENT);
    const balance = await client.balanceOf(token, receiver);
    if (balance !== SENT) throw new Error(`the receiver has ${balance} tokens, not ${SENT}`);
    const result = `true; balance ${balance}; Solidity called C called Solidity`;
    return settledRow(head, { address, call: `relay(…, to, ${SENT})`, result, ...settled });
  } catch (error) {
    return failed(head, error);
  }
}
