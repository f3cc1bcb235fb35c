import { type Command, Option } from "commander";
import type { BuildCommandOptions } from "./commands/build.ts";
import { examples } from "./examples.ts";
import { jsonOption } from "./options.ts";
import type { Output } from "./output.ts";

// Loaded when one is run, as in program.ts.
const commands = {
  build: () => import("./commands/build.ts"),
};

const projectOption = () =>
  new Option(
    "--project <folder>",
    "the project; without it the nearest folder upwards that has one",
  );

/** The commands of a contract developer's day: from an empty folder to a tested, deployed contract. */
export function addProjectCommands(program: Command, output: Output): void {
  addBuild(program, output);
}

function addBuild(program: Command, output: Output): void {
  program
    .command("build")
    .description("compile the project's contracts into out/, one file each; only what has changed")
    .addOption(projectOption())
    .option("--watch", "build again after each change, until Ctrl-C", false)
    .option("--force", "build what has not changed too", false)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("delchain build", "delchain build --watch", "delchain build --json | jq .contracts"),
    )
    .action(async (options: BuildCommandOptions) =>
      (await commands.build()).build(options, output),
    );
}
