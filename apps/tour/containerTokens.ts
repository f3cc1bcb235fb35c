import { type BuiltImage, buildImages, findImage } from "@delchain/images";
import { CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import type { Hex } from "viem";
import { tokenManifest } from "./containerManifest.ts";
import type { RowHead } from "./row.ts";

/** A token that needs what not every machine has: its creation transaction's data, or why there is none. */
export type OptionalToken = { readonly head: RowHead } & (
  | { readonly initCode: Hex }
  | { readonly initCode: undefined; readonly reason: string }
);

type Candidate = {
  readonly image: string;
  readonly language: string;
  readonly driver: string;
  /** Part of the repository, so that it is there without anybody building anything. */
  readonly isKept: boolean;
};

const CANDIDATES: readonly Candidate[] = [
  { image: "wasi", language: "C (WASI)", driver: "wasmer", isKept: true },
  { image: "c", language: "C", driver: "docker", isKept: true },
  { image: "php", language: "PHP", driver: "docker", isKept: false },
  { image: "java", language: "Java", driver: "docker", isKept: false },
  { image: "node", language: "TypeScript", driver: "docker", isKept: false },
];

/** What a row needs: its driver on the node, and its image in the store. */
export async function containerTokens(
  drivers: readonly { readonly name: string; readonly trouble: string }[],
): Promise<readonly OptionalToken[]> {
  return Promise.all(
    CANDIDATES.map(async ({ image, language, driver, isKept }): Promise<OptionalToken> => {
      const head = { contract: "Token", language, tier: "container", driver };
      const status = drivers.find(({ name }) => name === driver);
      const trouble = status ? status.trouble : `this node has no ${driver} driver`;
      if (trouble !== "") return { head, initCode: undefined, reason: trouble };
      const built = isKept ? (await buildImages({ names: [image] }))[0] : await findImage(image);
      if (built === undefined) {
        const reason = `the ${language} image is not built: npm run images`;
        return { head, initCode: undefined, reason };
      }
      return { head, initCode: containerCode(built) };
    }),
  );
}

function containerCode(image: BuiltImage): Hex {
  return toHex(encodeEnvelope(CODE_KINDS.container, tokenManifest(image)));
}
