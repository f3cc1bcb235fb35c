import { type Command, InvalidArgumentError, Option } from "commander";
import type { BuildCommandOptions } from "./commands/build.ts";
import type { CheckOptions } from "./commands/check.ts";
import type { DevOptions } from "./commands/dev.ts";
import type { GasOptions } from "./commands/gas.ts";
import type { NewOptions } from "./commands/new.ts";
import type { TestOptions } from "./commands/test.ts";
import { examples } from "./examples.ts";
import { jsonOption, placeOptions, projectOption } from "./options.ts";
import type { Output } from "./output.ts";
import { templateLanguages, templateNames } from "./project/templates.ts";

// Loaded when one is run, as in program.ts.
const commands = {
  build: () => import("./commands/build.ts"),
  check: () => import("./commands/check.ts"),
  dev: () => import("./commands/dev.ts"),
  gas: () => import("./commands/gas.ts"),
  new: () => import("./commands/new.ts"),
  test: () => import("./commands/test.ts"),
};

/** The commands of a contract developer's day: from an empty folder to a tested, deployed contract. */
export function addProjectCommands(program: Command, output: Output): void {
  addNew(program, output);
  addBuild(program, output);
  addTest(program, output);
  addCheck(program, output);
  addGas(program, output);
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
    .option("--coverage", "say which lines ran, and write coverage/lcov.info for editors", false)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "delchain test",
        "delchain test test/Token.test.ts --grep transfer",
        "delchain test --coverage",
      ),
    )
    .action(async (files: string[], options: TestOptions) =>
      (await commands.test()).test(files, options, output),
    );
}

function addCheck(program: Command, output: Output): void {
  program
    .command("check")
    .description(
      "run a container contract in perturbed replicas, and say where they can differ, and why",
    )
    .argument(
      "[project|image]",
      "a folder, or an image by its name; the nearest project unless told",
    )
    .option(
      "--call <text>",
      "a call like 'transfer(0x…, 5)', or calldata in hex; may be repeated; every function unless told",
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option("--contract <name>", "only this contract of the project")
    .option("--abi <file>", "of an image: what its functions are")
    .option("--entrypoint <command>", "of an image by its digest: what runs in it")
    .option("--sources <folder>", "of an image: where to look for the lines that bring a cause in")
    .addOption(
      new Option("--isolation <isolation>", "of an image: what keeps one call from the next")
        .choices(["fork", "process", "warm"])
        .default("fork"),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "delchain check",
        "delchain check --contract Token --call 'transfer(0x70997970C51812dc3A010C7d01b50e0d17dc79C8, 5)'",
        "delchain check java --isolation warm --abi Token.json --json",
      ),
    )
    .action(async (what: string | undefined, options: CheckOptions) =>
      (await commands.check()).check(what, options, output),
    );
}

const deployOption = () =>
  new Option(
    "--deploy <contract>",
    "a contract with its constructor's arguments, as in --deploy 'Token 1000'; may be repeated",
  )
    .argParser((text: string, before: readonly string[]) => [...before, text])
    .default([], "none");

function addGas(program: Command, output: Output): void {
  program
    .command("gas")
    .description(
      "say what each function and line of contracts costs: in the project's tests, or in one call",
    )
    .argument(
      "[words...]",
      "names of contracts, all unless told; or a contract, its function and the arguments",
    )
    .addOption(projectOption())
    .option("--grep <pattern>", "only what tests cost whose name matches")
    .addOption(deployOption())
    .option("--value <amount>", "of a call: coins to send along, wei or an amount like 1.5ether")
    .addOption(
      new Option("--top <count>", "only the lines that cost most").argParser((text) => {
        const count = Number(text);
        if (Number.isSafeInteger(count) && count > 0) return count;
        throw new InvalidArgumentError("It takes a whole number from 1.");
      }),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "delchain gas",
        "delchain gas Token --top 10",
        "delchain gas Token balanceOf 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --deploy 'Token 1000'",
      ),
    )
    .action(async (words: string[], options: GasOptions) =>
      (await commands.gas()).gas(words, options, output),
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
    .addOption(deployOption())
    .addOption(projectOption());
  for (const option of placeOptions()) command.addOption(option);
  command
    .addHelpText("after", examples("delchain dev", "delchain dev --deploy 'Token 1000000'"))
    .action(async (options: DevOptions) => (await commands.dev()).dev(options, output));
}
