import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Unavailable } from "@delchain/runtime";

const run = promisify(execFile);

/** A Debian package: a file whose hash Debian's signed index names. */
export type DebianPackage = {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
};

export type DownloadedPackage = DebianPackage & { readonly path: string };

/** Long enough for a slow mirror; a stuck one must not hold a build for ever. In milliseconds. */
const APT_MS = 300_000;
/**
 * apt-get takes a second to answer, and Debian mends packages some times a month: a watcher need not ask at every
 * save.
 */
const LOOKED_UP_MS: number = 10 * 60_000;
const REMEDY =
  "This image is put together from Debian 12's packages: build it on Debian 12 (apt-get and dpkg-deb are enough, " +
  "no root), or copy its archive from a machine that has it";

/**
 * Downloads packages with apt-get and verifies them by apt's signed index. Uses the machine's package lists, and
 * where those are missing or old its own under `cache`, so that it needs no root. Throws `Unavailable` with a remedy.
 */
export async function downloadPackages(
  names: readonly string[],
  cache: string,
  progress: (text: string) => void,
): Promise<readonly DownloadedPackage[]> {
  await mkdir(cache, { recursive: true });
  const key = JSON.stringify([cache, names]);
  const known = lookedUp.get(key);
  if (known && Date.now() - known.at < LOOKED_UP_MS) {
    const packages = await fetchOffers(known, cache).catch(() => undefined);
    if (packages) return packages;
  }
  const found = await lookUp(names, cache, progress);
  lookedUp.set(key, { ...found, at: Date.now() });
  return fetchOffers(found, cache);
}

/** What apt offers, and with which of its options; all of it is in the cache then. */
type Found = { readonly offers: readonly Offer[]; readonly options: readonly string[] };

const lookedUp = new Map<string, Found & { readonly at: number }>();

async function lookUp(
  names: readonly string[],
  cache: string,
  progress: (text: string) => void,
): Promise<Found> {
  try {
    return await offersOf(names, cache, []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Unavailable("apt-get", `apt-get is not on this machine. ${REMEDY}.`, {
        cause: error,
      });
    }
  }
  progress("the machine's package lists do not do; fetching lists of its own");
  const options = await ownLists(cache);
  try {
    await apt([...options, "update"], cache);
    return await offersOf(names, cache, options);
  } catch (error) {
    const reason = (error as Error).message.trim().slice(0, 1000);
    throw new Unavailable("apt-get", `apt-get cannot fetch the packages: ${reason}. ${REMEDY}.`, {
      cause: error,
    });
  }
}

/** Options that keep apt's state below `cache`. */
async function ownLists(cache: string): Promise<readonly string[]> {
  const lists = join(cache, "lists");
  const archives = join(cache, "archives");
  for (const folder of [lists, archives]) await mkdir(join(folder, "partial"), { recursive: true });
  return [
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${archives}`,
    `Dir::Cache::Archives=${archives}`,
  ].flatMap((option) => ["-o", option]);
}

async function offersOf(
  names: readonly string[],
  cache: string,
  options: readonly string[],
): Promise<Found> {
  // In a folder that has the files already, apt-get would leave them out of the list.
  const empty = join(cache, "empty");
  await mkdir(empty, { recursive: true });
  const listed = await apt([...options, "--print-uris", "download", ...names], empty);
  const offers = listed.split("\n").flatMap(parseOffer);
  const missing = names.filter((name) => !offers.some((offer) => offer.name === name));
  if (missing.length > 0) throw new Error(`apt-get knows no ${missing.join(", ")}`);
  // Lists may be so old that what they offer is gone: then others are fetched.
  await fetchOffers({ offers, options }, cache);
  return { offers, options };
}

/** The packages themselves, each verified, and fetched where it is not in the cache. */
async function fetchOffers(
  { offers, options }: Found,
  cache: string,
): Promise<readonly DownloadedPackage[]> {
  const stale: string[] = [];
  for (const offer of offers) {
    if (!(await isVerified(join(cache, offer.file), offer.sha256))) stale.push(offer.name);
  }
  if (stale.length > 0) await apt([...options, "download", ...stale], cache);
  return await Promise.all(
    offers.map(async ({ file, name, version, sha256 }) => {
      const path = join(cache, file);
      if (!(await isVerified(path, sha256)))
        throw new Error(`${file} is not what apt's index names`);
      return { name, version, sha256, path };
    }),
  );
}

async function apt(args: readonly string[], folder: string): Promise<string> {
  // Root's apt-get would download as another user, who may not write here.
  const { stdout } = await run("apt-get", ["-q", "-o", "APT::Sandbox::User=root", ...args], {
    cwd: folder,
    timeout: APT_MS,
    env: { ...process.env, LC_ALL: "C" },
  });
  return stdout;
}

type Offer = DebianPackage & { readonly file: string };

/** A line of `apt-get --print-uris`: quoted address, file name, size, hash. */
function parseOffer(line: string): readonly Offer[] {
  const match = /^'[^']+' (([^_\s]+)_([^_\s]+)_[^_\s]+\.deb) \d+ SHA256:([0-9a-f]{64})$/.exec(line);
  const [, file, name, version, sha256] = match ?? [];
  if (file === undefined || name === undefined || version === undefined || sha256 === undefined) {
    return [];
  }
  return [{ file, name, version: decodeURIComponent(version), sha256 }];
}

async function isVerified(path: string, sha256: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && createHash("sha256").update(bytes).digest("hex") === sha256;
}
