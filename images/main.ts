import { InvalidInput, Unavailable } from "@delchain/runtime";
import { buildImages, DEFAULT_CACHE, DEFAULT_STORE, imageNames } from "./build.ts";
import { writeLock } from "./debian/lock.ts";
import { downloadPackages } from "./debian/packages.ts";
import { JAVA_LOCK, JAVA_PACKAGES } from "./java/jdk.ts";
import { NODE_LOCK, NODE_PACKAGES } from "./node/image.ts";
import { PHP_LOCK, PHP_PACKAGES } from "./php/image.ts";

// npm run images [-- NAME …] [--store DIR] [--lock]: build the images that container contracts run in.

const USAGE = `usage: npm run images [-- NAME ...] [--store DIR] [--lock]
  NAME         ${imageNames().join(", ")}; all of them when left out
  --store DIR  where archives go (${DEFAULT_STORE})
  --lock       write down the Debian packages that there are now as those of the published digests
`;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg, at) => !arg.startsWith("--") && args[at - 1] !== "--store");
  const storeAt = args.indexOf("--store");
  const store = storeAt === -1 ? DEFAULT_STORE : args[storeAt + 1];
  if (store === undefined || args.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.includes("--lock")) {
    const cache = `${DEFAULT_CACHE}/debian`;
    await writeLock(PHP_LOCK, await downloadPackages(PHP_PACKAGES, cache, say));
    await writeLock(NODE_LOCK, await downloadPackages(NODE_PACKAGES, cache, say));
    await writeLock(JAVA_LOCK, await downloadPackages(JAVA_PACKAGES, cache, say));
    return;
  }
  const built = await buildImages({ store, progress: say, ...(names.length > 0 ? { names } : {}) });
  say(`${built.length} images in ${store}`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof InvalidInput) && !(error instanceof Unavailable)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
