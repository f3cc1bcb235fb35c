import { DEFAULT_STORE, openImageFiles, scanInstructions } from "@delchain/images";
import type { Manifest } from "@delchain/runtime";

/** An instruction that answers otherwise on another CPU, which no run on one machine can show. */
export type ProgramInstruction = {
  /** Path in the image. */
  readonly file: string;
  readonly instruction: string;
};

/** Left out are those that strict determinism answers, and those by which every library chooses its functions. */
const TOLD: readonly string[] = ["rdrand", "rdseed", "rdpid", "rdpmc", "rdpru"];

/** What an image's programs could ask the CPU, each instruction once a file; of an image that the store has. */
export async function programInstructions({
  image,
  platform,
}: Pick<Manifest, "image" | "platform">): Promise<readonly ProgramInstruction[]> {
  if (platform !== "linux/amd64") return [];
  const { found } = await scanInstructions(await openImageFiles(DEFAULT_STORE, image));
  const told = new Map<string, ProgramInstruction>();
  for (const { file, instruction, isStartup } of found) {
    if (isStartup || !TOLD.includes(instruction)) continue;
    told.set(`${file} ${instruction}`, { file, instruction });
  }
  return [...told.values()];
}
