import { createDecipheriv, pbkdf2Sync, scryptSync } from "node:crypto";
import {
  concatBytes,
  equalBytes,
  fromHex,
  type Hex,
  keccak256Bytes,
  toHex,
} from "@delchain/runtime";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";

/** Web3 Secret Storage, version 3: what geth, MetaMask and foundry's `cast wallet` write. */
type Keystore = {
  readonly version: 3;
  readonly crypto: {
    readonly cipher: string;
    readonly ciphertext: string;
    readonly cipherparams: { readonly iv: string };
    readonly kdf: string;
    readonly kdfparams: Readonly<Record<string, string | number>>;
    readonly mac: string;
  };
};

const KEY_BYTES = 32;
/** scrypt's memory is 128 * n * r: a file that asks for more than this is no wallet's. */
const SCRYPT_BYTES_MAX = 1024 * 1024 * 1024;
/** Thirty times what wallets use; a file that asks for more would hold the machine. */
const PBKDF2_ROUNDS_MAX = 10_000_000;

/** The private key in a keystore file. Throws `CommandError` for a wrong password or a file that is none. */
export function decryptKeystore(text: string, password: string, file: string): Hex {
  const { crypto } = parse(text, file);
  const derived = deriveKey(crypto, password, file);
  const ciphertext = bytesOf(crypto.ciphertext);
  const mac = keccak256Bytes(concatBytes(derived.subarray(16, 32), ciphertext));
  if (!equalBytes(mac, bytesOf(crypto.mac))) {
    throw new CommandError(`the password does not open ${file}`, EXIT.failed);
  }
  const decipher = createDecipheriv(
    "aes-128-ctr",
    derived.subarray(0, 16),
    bytesOf(crypto.cipherparams.iv),
  );
  return toHex(concatBytes(decipher.update(ciphertext), decipher.final()));
}

function parse(text: string, file: string): Keystore {
  try {
    const value = JSON.parse(text) as Keystore & { readonly Crypto?: Keystore["crypto"] };
    const crypto = value.crypto ?? value.Crypto;
    if (value.version === 3 && crypto?.cipher === "aes-128-ctr") return { version: 3, crypto };
  } catch {
    // Told below.
  }
  throw new CommandError(
    `${file} is no keystore: it takes Web3 Secret Storage, version 3, with aes-128-ctr`,
    EXIT.usage,
  );
}

function deriveKey(
  { kdf, kdfparams }: Keystore["crypto"],
  password: string,
  file: string,
): Uint8Array {
  const salt = bytesOf(String(kdfparams.salt));
  const [n, r, p, rounds] = [kdfparams.n, kdfparams.r, kdfparams.p, kdfparams.c].map(Number);
  if (kdf === "scrypt" && n !== undefined && r !== undefined && 128 * n * r <= SCRYPT_BYTES_MAX) {
    const options = { N: n, r, p: p ?? 1, maxmem: SCRYPT_BYTES_MAX + 64 * 1024 * 1024 };
    return scryptSync(password, salt, KEY_BYTES, options);
  }
  if (kdf === "pbkdf2" && rounds !== undefined && rounds <= PBKDF2_ROUNDS_MAX) {
    return pbkdf2Sync(password, salt, rounds, KEY_BYTES, "sha256");
  }
  throw new CommandError(
    `${file} derives its key by ${kdf} with parameters that this command does not take`,
    EXIT.usage,
  );
}

function bytesOf(hex: string): Uint8Array {
  return fromHex(`0x${hex.replace(/^0x/, "")}`);
}
