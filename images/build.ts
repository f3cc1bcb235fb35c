import { join } from "node:path";
import { InvalidInput, type Isolation } from "@delchain/runtime";
import { type ImageIndex, type IndexedImage, readIndex, writeIndex } from "./imageIndex.ts";
import { hashInputs, ROOT } from "./inputs.ts";
import { RECIPES, type Recipe } from "./recipes.ts";
import { hasImage, storeImage } from "./store/store.ts";

/** Where images and downloads lie unless the caller says otherwise; neither is part of the repository. */
export const DEFAULT_STORE: string = join(ROOT, ".delchain/images");
export const DEFAULT_CACHE: string = join(ROOT, ".cache/images");

export type BuildOptions = {
  /** Which of `imageNames()`; all of them when left out. */
  readonly names?: readonly string[];
  readonly store?: string;
  readonly cache?: string;
  /** Told one line at a time what is going on. */
  readonly progress?: (text: string) => void;
};

export type BuiltImage = IndexedImage & {
  /** What a manifest asks for to run it. */
  readonly isolation: Isolation;
  /** Whether the store had it already, made from the same inputs. */
  readonly reused: boolean;
};

export function imageNames(): readonly string[] {
  return RECIPES.map(({ name }) => name);
}

/**
 * Builds images into the store, and only those whose inputs have changed. Throws `InvalidInput` for a name that no
 * recipe has, `Unavailable` when this machine lacks what a recipe needs.
 */
export async function buildImages(options: BuildOptions = {}): Promise<readonly BuiltImage[]> {
  const { store = DEFAULT_STORE, cache = DEFAULT_CACHE, progress = () => undefined } = options;
  const recipes = chosen(options.names ?? imageNames());
  const built: BuiltImage[] = [];
  for (const recipe of recipes) {
    const inputs = await hashInputs(recipe.inputs);
    const index = await readIndex(store);
    const known = index[recipe.name];
    if (known !== undefined && known.inputs === inputs && (await hasImage(store, known.digest))) {
      progress(`${recipe.name}: nothing has changed (${known.digest})`);
      built.push(reused(known, recipe));
    } else {
      built.push(await build(recipe, inputs, { store, cache, progress, index }));
    }
  }
  return built;
}

/** An image that the store has, made from the files as they are now; `undefined` when it must be built first. */
export async function findImage(
  name: string,
  store: string = DEFAULT_STORE,
): Promise<BuiltImage | undefined> {
  const known = (await readIndex(store))[name];
  if (known === undefined || !(await hasImage(store, known.digest))) return undefined;
  const [recipe] = chosen([name]);
  if (recipe === undefined || known.inputs !== (await hashInputs(recipe.inputs))) return undefined;
  return reused(known, recipe);
}

function reused(known: IndexedImage, { isolation }: Recipe): BuiltImage {
  return { ...known, isolation, reused: true };
}

async function build(
  recipe: Recipe,
  inputs: string,
  to: {
    readonly store: string;
    readonly cache: string;
    readonly progress: (text: string) => void;
    readonly index: ImageIndex;
  },
): Promise<BuiltImage> {
  const { name } = recipe;
  const progress = (text: string): void => to.progress(`${name}: ${text}`);
  const source = await recipe.build({ cache: to.cache, progress });
  const { digest, bytes } = await storeImage(to.store, source);
  const { platform, config } = source;
  const entry: IndexedImage = { name, digest, platform, entrypoint: config.entrypoint, inputs };
  await writeIndex(to.store, { ...to.index, [name]: entry });
  progress(`built, ${bytes} bytes (${digest})`);
  return { ...entry, isolation: recipe.isolation, reused: false };
}

function chosen(names: readonly string[]): readonly Recipe[] {
  return names.map((name) => {
    const recipe = RECIPES.find((candidate) => candidate.name === name);
    if (recipe !== undefined) return recipe;
    const message = `there is no image "${name.slice(0, 40)}"; there are ${imageNames().join(", ")}`;
    throw new InvalidInput({ code: "imageName", name }, message);
  });
}
