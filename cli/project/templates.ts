import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// A template is real files: templates/NAME/LANGUAGE (LANGUAGE-TIER for another tier than the language's first),
// laid over templates/NAME/test, which all languages share, and templates/shared. Where a language has one source for
// both tiers, its folder serves both.

const TEMPLATES = fileURLToPath(new URL("../templates/", import.meta.url));
/** Not templates themselves: what every project of a kind has. */
const SHARED = "shared";

export type TemplateChoice = {
  readonly template: string;
  /** Folder of the language and tier: `c`, `c-container`. */
  readonly variant: string;
};

export function templateNames(): readonly string[] {
  return folders("").filter((name) => name !== SHARED);
}

/** Whose contracts are one source for the WebAssembly and the container tier. */
const ONE_SOURCE: readonly string[] = ["java", "php"];
/** Pays out in the middle of a call, where a container sends a message: it has a source of its own for each tier. */
const OF_ITS_TIER: readonly string[] = ["escrow"];

/** The languages, with their tiers, that a template is written in. */
export function variantsOf(template: string): readonly string[] {
  const written = folders(template).filter((name) => name !== "test");
  if (OF_ITS_TIER.includes(template)) return written;
  const both = written.filter((name) => ONE_SOURCE.includes(name));
  return [...new Set([...written, ...both.map((name) => `${name}-container`)])].sort();
}

/** The languages that some template is written in. */
export function templateLanguages(): readonly string[] {
  const variants = templateNames().flatMap((name) => variantsOf(name));
  return [...new Set(variants.map((variant) => variant.split("-")[0] as string))].sort();
}

/** `{{word}}` in files is replaced by these. */
export type TemplateWords = Readonly<Record<string, string>>;

/** Writes a template's files into a folder and returns their paths, sorted. */
export function writeTemplate(
  root: string,
  { template, variant }: TemplateChoice,
  words: TemplateWords,
): readonly string[] {
  const [language = ""] = variant.split("-");
  const layers = [
    `${SHARED}/all`,
    `${SHARED}/${language}`,
    `${SHARED}/${variant}`,
    `${template}/test`,
    // One source of tests for both tiers.
    `${template}/${language}/test`,
    `${template}/${folders(template).includes(variant) ? variant : language}`,
  ];
  const files = new Map<string, string>();
  for (const layer of layers) {
    const into = layer.endsWith("/test") ? "test/" : "";
    for (const path of filesOf(layer)) files.set(`${into}${path}`, join(TEMPLATES, layer, path));
  }
  return [...files]
    .map(([path, source]) => {
      // npm and git would take a real .gitignore for the repository's own.
      const target = join(root, path === "gitignore" ? ".gitignore" : path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, filled(readFileSync(source, "utf8"), words));
      return path === "gitignore" ? ".gitignore" : path;
    })
    .sort();
}

function filled(text: string, words: TemplateWords): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
}

function folders(path: string): readonly string[] {
  return readdirSync(join(TEMPLATES, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function filesOf(layer: string): readonly string[] {
  const folder = join(TEMPLATES, layer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
