import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type Hex, isHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { devnetAccounts } from "../commands/account.ts";
import { EXIT } from "../exitCodes.ts";
import { noteColor, type Output } from "../output.ts";
import { decryptKeystore } from "./keystore.ts";

/** Environment variables that a key or a keystore's password may come from. */
export const KEY_VARIABLE = "DELCHAIN_PRIVATE_KEY";
export const PASSWORD_VARIABLE = "DELCHAIN_PASSWORD";

export type SignerOptions = {
  /** Index of a devnet account, or a keystore file. */
  readonly account?: string;
  readonly privateKey?: string;
};

/**
 * Who signs: the account that is named, else the key in the environment, else the devnet's first account, whose key
 * is public. Throws `CommandError` that says what an account may be.
 */
export async function signerOf(
  { account, privateKey }: SignerOptions,
  output: Output,
): Promise<PrivateKeyAccount> {
  if (privateKey !== undefined) {
    output.note(
      noteColor.yellow(
        `A key on the command line stays in the shell's history and shows in the list of processes: use ${KEY_VARIABLE} or a keystore file.`,
      ),
    );
    return accountOf(privateKey, "--private-key");
  }
  if (account === undefined) {
    const key = process.env[KEY_VARIABLE];
    return key === undefined ? devnetAccount(0) : accountOf(key, KEY_VARIABLE);
  }
  if (/^\d{1,3}$/.test(account)) return devnetAccount(Number(account));
  if (existsSync(account)) return fromKeystore(account);
  throw new CommandError(
    `--account ${account} is neither the index of a devnet account (0 to 9) nor a keystore file`,
    EXIT.usage,
  );
}

function devnetAccount(index: number): PrivateKeyAccount {
  const found = devnetAccounts()[index];
  if (found) return privateKeyToAccount(found.privateKey as Hex);
  throw new CommandError(`--account ${index}: a devnet has the accounts 0 to 9`, EXIT.usage);
}

function accountOf(key: string, from: string): PrivateKeyAccount {
  const hex = key.startsWith("0x") ? key : `0x${key}`;
  try {
    if (isHex(hex) && hex.length === 66) return privateKeyToAccount(hex);
  } catch {
    // A number that is no key of the curve.
  }
  // The key itself is not repeated: messages end up in logs.
  throw new CommandError(`${from} is no private key: it takes 64 hex digits`, EXIT.usage);
}

async function fromKeystore(file: string): Promise<PrivateKeyAccount> {
  const password = process.env[PASSWORD_VARIABLE] ?? (await askPassword(file));
  return privateKeyToAccount(decryptKeystore(readFileSync(file, "utf8"), password, file));
}

async function askPassword(file: string): Promise<string> {
  if (process.stdin.isTTY !== true) {
    throw new CommandError(
      `${file} needs its password: set ${PASSWORD_VARIABLE}, or run this on a terminal`,
      EXIT.usage,
    );
  }
  process.stderr.write(`Password of ${file}: `);
  // What is typed goes nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const password = await lines.question("");
  lines.close();
  process.stderr.write("\n");
  return password;
}
