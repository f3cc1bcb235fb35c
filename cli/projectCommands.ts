import { type Command, Option } from "commander";
import type { BuildCommandOptions } from "./commands/build.ts";
import type { DevOptions } from "./commands/dev.ts";
import type { NewOptions } from "./commands/new.ts";
import type { TestOptions } from "./commands/test.ts";
import { examples } from "./examples.ts";
import { jsonOption, placeOptions, projectOption } from "./options.ts";
import type { Output } from "./output.ts";
import { templateLanguages, templateNames } from "./project/templates.ts";

// Loaded when one is run, as in program.ts.
const commands = {
  build: () => import("./commands/build.ts"),
  dev: () => import("./commands/dev.ts"),
  new: () => import("./commands/new.ts"),
  test: () => import("./commands/test.ts"),
};

/** The commands of a contract developer's day: from an empty folder to a tested, deployed contract. */
export function addProjectCommands(program: Command, output: Output): void {
  addNew(program, output);
  addBuild(program, output);
  addTest(program, output);
  addDev(program, output);
}

function addNew(program: Command, output: Output): void {
  program
    .command("new")
    .description("begin a project that builds and whose tests pass")
    .argument("<folder>", "a new folder; its name is the project's")
    .addOption(
      new Option("--lang <language>", "what the contract is written in")
        .choices(templateLanguages())
        .default("solidity"),
    )
    .addOption(
      new Option("--tier <tier>", "where it runs; the language's first unless told").choices([
        "evm",
        "wasm",
        "container",
      ]),
    )
    .addOption(
      new Option("--template <name>", "what it begins with")
        .choices(templateNames())
        .default("token"),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "delchain new gold",
        "delchain new gold --lang rust",
        "delchain new gold --lang c --tier container",
      ),
    )
    .action(async (folder: string, options: NewOptions) =>
      (await commands.new()).newProject(folder, options, output),
    );
}

function addTest(program: Command, output: Output): void {
  program
    .command("test")
    .description("build, and run the project's tests on chains of their own, with a gas report")
    .argument("[files...]", "test files in the project; test/**/*.test.ts unless told")
    .addOption(projectOption())
    .option("--grep <pattern>", "only tests whose name matches")
    .option("--no-gas", "without the gas report")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("delchain test", "delchain test test/Token.test.ts --grep transfer"),
    )
    .action(async (files: string[], options: TestOptions) =>
      (await commands.test()).test(files, options, output),
    );
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

function addDev(program: Command, output: Output): void {
  const command = program
    .command("dev")
    .description(
      "run a devnet, deploy, and after every save put the new code where the old one was",
    )
    .option(
      "--deploy <contract>",
      "a contract with its constructor's arguments, as in --deploy 'Token 1000'; may be repeated",
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .addOption(projectOption());
  for (const option of placeOptions()) command.addOption(option);
  command
    .addHelpText("after", examples("delchain dev", "delchain dev --deploy 'Token 1000000'"))
    .action(async (options: DevOptions) => (await commands.dev()).dev(options, output));
}
