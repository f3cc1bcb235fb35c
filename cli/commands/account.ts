import { DEVNET_MNEMONIC } from "@delchain/chain";
import { toAddress } from "@delchain/runtime";
import { formatEther, toHex } from "viem";
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { noteColor, type Output, table } from "../output.ts";
import { request } from "../rpcClient.ts";

/** As many as a devnet funds. */
const DEVNET_ACCOUNTS = 10;

export type DevnetAccount = { readonly address: string; readonly privateKey: string };

/** The funded accounts of every devnet: public knowledge, worth nothing anywhere else. */
export function devnetAccounts(): readonly DevnetAccount[] {
  return Array.from({ length: DEVNET_ACCOUNTS }, (_, addressIndex) => {
    const account = mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex });
    const key = account.getHdKey().privateKey as Uint8Array;
    return { address: account.address, privateKey: toHex(key) };
  });
}

export function listAccounts({ json }: { readonly json: boolean }, output: Output): void {
  const accounts = devnetAccounts();
  if (json) {
    output.json({ mnemonic: DEVNET_MNEMONIC, accounts });
    return;
  }
  const rows = accounts.map(({ address, privateKey }, i) => [String(i), address, privateKey]);
  output.line(table(["#", "address", "private key"], rows));
  output.line(`\nmnemonic: ${DEVNET_MNEMONIC}`);
  output.note(noteColor.yellow("These keys are public. Send them nothing of value."));
}

export function newAccount({ json }: { readonly json: boolean }, output: Output): void {
  const privateKey = generatePrivateKey();
  const { address } = privateKeyToAccount(privateKey);
  if (json) {
    output.json({ address, privateKey });
    return;
  }
  output.line(`address      ${address}`);
  output.line(`private key  ${privateKey}`);
  output.note(noteColor.yellow("It is stored nowhere: keep the key, and keep it to yourself."));
}

export async function showBalance(
  text: string,
  { rpc, json }: { readonly rpc: string; readonly json: boolean },
  output: Output,
): Promise<void> {
  const address = checkedAddress(text);
  const [balance, nonce] = await Promise.all([
    request<string>(rpc, "eth_getBalance", [address, "latest"]),
    request<string>(rpc, "eth_getTransactionCount", [address, "latest"]),
  ]);
  const facts = { address, balance: BigInt(balance), nonce: Number(nonce) };
  if (json) return output.json(facts);
  output.line(`${formatEther(facts.balance)} DEL  (${facts.balance} wei), nonce ${facts.nonce}`);
}

function checkedAddress(text: string): string {
  try {
    return toAddress(text);
  } catch {
    throw new CommandError(`${text} is no address: it takes 0x and 40 hex digits`, EXIT.usage);
  }
}
