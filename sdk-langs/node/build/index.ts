import { checkTypes, type TypeCheck } from "./types.ts";
import { usageMistakes } from "./usage.ts";

export type { Mistake } from "./mistake.ts";
export { packageFolder, packagePlace } from "./packagePlace.ts";
export { TYPESCRIPT_FLAGS } from "./types.ts";

/** What a contract's own files may not say, by type and by what would differ between hosts; no mistake when they may run. */
export async function checkContract(root: string, main: string): Promise<TypeCheck> {
  const usage = usageMistakes(root, main);
  const places = new Set(usage.map(({ file, line }) => `${file}:${line}`));
  const { mistakes, files } = await checkTypes(root, main);
  // Of what is not there the type checker only knows that it is no name.
  const others = mistakes.filter(({ file, line }) => !places.has(`${file}:${line}`));
  return { mistakes: [...usage, ...others], files };
}
