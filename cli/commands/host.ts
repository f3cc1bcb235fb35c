import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { proveHostKey } from "@delchain/chain";
import { fromHex, toAddress } from "@delchain/runtime";
import {
  challengesContract,
  contractsContract,
  getChallenge,
  getHosts,
  type Host,
  hostsContract,
  RESOURCE_CLASSES,
  type ResourceClass,
} from "@delchain/sdk";
import {
  type Address,
  type Hash,
  type Hex,
  isAddress,
  isAddressEqual,
  isHash,
  isHex,
  keccak256,
  toHex,
} from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { amountOf } from "../project/abiArguments.ts";
import { openChain } from "../project/chainClient.ts";
import { signerOf } from "../project/signer.ts";
import { type SystemOptions, sendSystemCall } from "../project/systemTransaction.ts";

const SECRET_BYTES = 32;
/** So that every secret lies below the group's order, which is a little under 2^255. */
const SECRET_MASK = 0x3f;

/** Makes a host's key: its secret goes into a file that nobody else may read, and nowhere else. */
export function makeKey(file: string, { json }: { readonly json: boolean }, output: Output): void {
  const secret = randomBytes(SECRET_BYTES);
  secret[0] = (secret[0] as number) & SECRET_MASK;
  try {
    writeFileSync(file, `${toHex(secret)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`, EXIT.usage);
  }
  const publicKey = publicKeyOf(secret);
  const id = keccak256(publicKey);
  if (json) output.json({ file, publicKey, id });
  else output.line(`public key  ${publicKey}\nhost id     ${id}`);
  output.note(
    `The secret is in ${file}: who has it can have the host slashed. Keep a copy offline.`,
  );
}

export type RegisterOptions = SystemOptions & {
  readonly key: string;
  readonly payout?: string;
  readonly class: readonly ResourceClass[];
};

/** Registers a host with one stake unit of the signer's. */
export async function register(options: RegisterOptions, output: Output): Promise<void> {
  const { chainId, reader } = await openChain(options.rpc);
  const { address } = await signerOf(options, output);
  const owner = toAddress(address.toLowerCase());
  const { publicKey, uncompressed, proof } = proveHostKey(
    readSecret(options.key),
    owner,
    BigInt(chainId),
  );
  const [stakeUnit] = await reader.readContract({ ...hostsContract, functionName: "parameters" });
  const classes = options.class.reduce(
    (bits, one) => bits | (1 << RESOURCE_CLASSES.indexOf(one)),
    0,
  );
  await sendSystemCall(
    {
      contract: hostsContract,
      functionName: "register",
      args: [toHex(uncompressed), toHex(proof), options.payout ?? address, classes],
      value: stakeUnit,
      done: `host ${color.cyan(keccak256(publicKey))} is registered with ${stakeUnit} wei`,
    },
    options,
    output,
  );
}

export type OfferOptions = SystemOptions & {
  readonly retainer: string;
};

/** Says what a host asks for in one of its classes. */
export async function offer(
  host: string,
  resourceClass: ResourceClass,
  options: OfferOptions,
  output: Output,
): Promise<void> {
  const retainer = amountOf(options.retainer);
  const args = [idOf(host), RESOURCE_CLASSES.indexOf(resourceClass), retainer];
  const done = `${resourceClass}: ${retainer} wei for each block that a contract is kept ready`;
  await sendSystemCall(
    { contract: hostsContract, functionName: "offer", args, done },
    options,
    output,
  );
}

/** What an owner may do with a host that exists. */
const DEEDS = {
  notice: { functionName: "giveNotice", done: "notice is given" },
  leave: { functionName: "withdraw", done: "the stake is back, and the host is gone" },
  return: { functionName: "comeBack", done: "the host comes back" },
} as const;

export async function act(
  deed: keyof typeof DEEDS,
  host: string,
  options: SystemOptions,
  output: Output,
): Promise<void> {
  const call = { contract: hostsContract, args: [idOf(host)], ...DEEDS[deed] };
  await sendSystemCall(call, options, output);
}

/** Has what the hosts of one payout address earned by keeping contracts paid to it. */
export async function collect(
  payout: string,
  options: SystemOptions,
  output: Output,
): Promise<void> {
  if (!isAddress(payout)) {
    throw new CommandError(
      `${payout} is no address: it takes 0x and 40 hex digits, as delchain host register --payout had`,
      EXIT.usage,
    );
  }
  const done = `what was earned is paid to ${payout}`;
  await sendSystemCall(
    { contract: contractsContract, functionName: "collect", args: [payout], done },
    options,
    output,
  );
}

/** Contests the result of a call, in the name of a host of its class. */
export async function challenge(
  transaction: string,
  options: SystemOptions & { readonly host: string },
  output: Output,
): Promise<void> {
  if (!isHash(transaction)) {
    throw new CommandError(
      `${transaction} is no transaction hash: it takes 0x and 64 hex digits`,
      EXIT.usage,
    );
  }
  const { reader } = await openChain(options.rpc);
  const found = await getChallenge(reader, { hash: transaction });
  if (found === undefined) {
    throw new CommandError(
      `${transaction} cannot be contested: it is no certified container call, so many hosts have judged it that it needs no challenge, or its time is over`,
      EXIT.failed,
    );
  }
  const { certifiedIn, judged, records, signers, bond, openedIn } = found;
  if (openedIn !== undefined) {
    const text = `${judged.target}: the result was contested in block ${openedIn}; wait for the verdict`;
    throw new CommandError(text, EXIT.failed);
  }
  await sendSystemCall(
    {
      contract: challengesContract,
      functionName: "challenge",
      args: [certifiedIn, judged, records, signers, idOf(options.host)],
      value: bond,
      done: `calls ${judged.firstIndex} to ${judged.lastIndex} of ${color.cyan(judged.target)} are judged once more; ${bond} wei are put up`,
    },
    options,
    output,
  );
}

/** All hosts, those of one owner, or one. */
export async function showHosts(
  which: string | undefined,
  { rpc, json }: Pick<SystemOptions, "rpc" | "json">,
  output: Output,
): Promise<void> {
  const { reader } = await openChain(rpc);
  const all = await getHosts(reader);
  const hosts = which === undefined ? all : all.filter((host) => isMeant(host, which));
  if (hosts.length === 0 && which !== undefined) {
    throw new CommandError(`${which} is no registered host, key or owner of one`, EXIT.failed);
  }
  if (json) return output.json(hosts);
  for (const { id, status, classes, owner, from, until, stake } of hosts) {
    const when = until === undefined ? `from block ${from}` : `blocks ${from} to ${until}`;
    output.line(`${color.cyan(id)} ${color.bold(status)} ${when}, ${classes.join(" ")}`);
    output.line(color.dim(`  of ${owner}, ${stake} wei staked`));
  }
}

function isMeant({ id, publicKey, owner }: Host, which: string): boolean {
  if (/^0x[0-9a-fA-F]{40}$/.test(which)) return isAddressEqual(owner, which as Address);
  return [id, publicKey].includes(which.toLowerCase() as Hex);
}

/** A host is named by its id, or by its key. */
function idOf(host: string): Hash {
  if (isHash(host)) return host;
  if (isHex(host) && host.length === 98) return keccak256(host);
  throw new CommandError(
    `${host} names no host: it takes the id (0x and 64 hex digits) or the public key (96)`,
    EXIT.usage,
  );
}

function readSecret(file: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new CommandError(`--key: ${(error as Error).message}`, EXIT.usage);
  }
  if (isHash(text)) return fromHex(text);
  throw new CommandError(`--key ${file} holds no secret: 0x and 64 hex digits`, EXIT.usage);
}

function publicKeyOf(secret: Uint8Array): Hex {
  // The owner and the chain do not enter the key.
  return toHex(proveHostKey(secret, toAddress(`0x${"00".repeat(20)}`), 0n).publicKey);
}
