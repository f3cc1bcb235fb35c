import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Tier, TOOLCHAINS } from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { templateNames, variantsOf, writeTemplate } from "../project/templates.ts";

export type NewOptions = {
  readonly lang: string;
  readonly tier?: Tier;
  readonly template: string;
  readonly json: boolean;
};

/** Package managers of every language take such a name. */
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Makes a project that builds and whose tests pass. Throws `CommandError` when the folder has something in it. */
export function newProject(folder: string, options: NewOptions, output: Output): void {
  const root = resolve(folder);
  const name = basename(root);
  if (!NAME.test(name)) {
    throw new CommandError(
      `${name} is no name for a project: it takes 1 to 64 of a-z, 0-9 and -, beginning with a letter`,
      EXIT.usage,
    );
  }
  if (existsSync(root) && readdirSync(root).length > 0) {
    throw new CommandError(
      `${folder} is not empty; a project begins in a folder of its own`,
      EXIT.usage,
    );
  }
  const { language, tier, variant } = chosen(options);
  mkdirSync(root, { recursive: true });
  const { template } = options;
  const words = {
    name,
    language,
    tier,
    crate: name.replaceAll("-", "_"),
    contract: `${template[0]?.toUpperCase()}${template.slice(1)}`,
    where: language === "rust" ? "`src/lib.rs`" : "`contracts/`",
  };
  const files = writeTemplate(root, { template, variant }, words);
  linkPackages(root);
  if (options.json) {
    output.json({ name, root, language, tier, template, files });
    return;
  }
  output.line(`${color.bold(name)}: ${template} in ${language}, ${tier} tier`);
  for (const file of files) output.line(`  ${file}`);
  output.note(`\nNext: cd ${folder} && delchain build && delchain test`);
}

function chosen({ lang, tier, template }: NewOptions): {
  readonly language: string;
  readonly tier: Tier;
  readonly variant: string;
} {
  const all = TOOLCHAINS.filter(({ language }) => language === lang);
  const [first] = all;
  if (first === undefined) {
    const known = [...new Set(TOOLCHAINS.map(({ language }) => language))].join(", ");
    throw new CommandError(`--lang ${lang} is no language here: it takes ${known}`, EXIT.usage);
  }
  const toolchain = tier === undefined ? first : all.find((one) => one.tier === tier);
  if (toolchain === undefined) {
    const tiers = [...new Set(all.map((one) => one.tier))].join(" and ");
    throw new CommandError(`--tier ${tier}: ${lang} is built for ${tiers}`, EXIT.usage);
  }
  const variant = toolchain === first ? lang : `${lang}-${toolchain.tier}`;
  const variants = variantsOf(template);
  if (!variants.includes(variant)) {
    const others = templateNames().filter((name) => variantsOf(name).includes(variant));
    throw new CommandError(
      `the template ${template} is written in ${variants.join(", ")}; in ${variant} there ${
        others.length === 0 ? "is none yet" : `is ${others.join(", ")}`
      }`,
      EXIT.usage,
    );
  }
  return { language: lang, tier: toolchain.tier, variant };
}
