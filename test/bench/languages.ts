// What a language costs: the size of the same token in each, and the gas of one transfer on a devnet, beside Solidity's.
//   node test/bench/languages.ts [--json]
// Gas is the same on every machine. Containers want a Docker engine; images are built when they are not there.

import { buildImages, DEFAULT_STORE, imageBytes } from "@delchain/images";
import { mnemonicToAccount } from "viem/accounts";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { phpTokenCode } from "../../apps/tour/phpToken.ts";
import type { Row } from "../../apps/tour/row.ts";
import { tour } from "../../apps/tour/tour.ts";
import { DEVNET_MNEMONIC } from "../../chain/index.ts";
import { startBenchNode } from "./benchNode.ts";
import { readOptions } from "./options.ts";

type Line = {
  readonly language: string;
  readonly tier: string;
  /** What is deployed, or the layers of the image that runs. */
  readonly bytes: number;
  readonly gas: number;
  readonly overSolidity: number;
};

/** The image that a language's container runs in. */
const IMAGES: Readonly<Record<string, string>> = {
  "C (WASI)": "wasi",
  C: "c",
  PHP: "php",
  Java: "java",
  TypeScript: "node",
};

async function transfers(): Promise<readonly Row[]> {
  const node = await startBenchNode();
  try {
    return await tour({
      url: node.url,
      chainId: Number(node.chainId),
      account: mnemonicToAccount(DEVNET_MNEMONIC),
      receiver: mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: 1 }).address,
      drivers: node.drivers,
      onRow: () => undefined,
    });
  } finally {
    await node.close();
  }
}

async function measure(): Promise<readonly Line[]> {
  const images = await buildImages({ names: Object.values(IMAGES) });
  const artefacts = [...loadArtefacts().values()];
  const rows = (await transfers()).filter(({ contract }) => contract === "Token");
  const missing = rows.find(({ status }) => status !== "ok");
  if (missing !== undefined) throw new Error(`${missing.language}: ${missing.result}`);
  const base = rows.find(({ tier }) => tier === "evm")?.gas ?? Number.NaN;
  return Promise.all(
    rows.map(async ({ language, tier, gas }) => {
      const image = images.find(({ name }) => tier === "container" && name === IMAGES[language]);
      const artefact = artefacts.find(
        (one) => one.contract === "token" && one.language === language,
      );
      const deployed = artefact?.bytes ?? (phpTokenCode().length - 2) / 2;
      const bytes = image === undefined ? deployed : await imageBytes(DEFAULT_STORE, image.digest);
      return {
        language,
        tier,
        bytes,
        gas: gas ?? Number.NaN,
        overSolidity: (gas ?? Number.NaN) / base,
      };
    }),
  );
}

/** 52,428,800 as `52,428,800`, whatever the machine's language. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

const lines = await measure();
if (readOptions().json) process.stdout.write(`${JSON.stringify(lines)}\n`);
else {
  process.stdout.write(
    "| language | tier | bytes | gas of a transfer | of Solidity's |\n|---|---|--:|--:|--:|\n",
  );
  for (const { language, tier, bytes, gas, overSolidity } of lines) {
    const cells = [language, tier, grouped(bytes), grouped(gas), overSolidity.toFixed(2)];
    process.stdout.write(`| ${cells.join(" | ")} |\n`);
  }
}
