import { Argument, Command, Option } from "commander";
import { completionScript, SHELLS, type Shell } from "./commands/completion.ts";
import type { DevnetOptions } from "./commands/devnet.ts";
import { addContractCommands } from "./contractCommands.ts";
import { examples } from "./examples.ts";
import { addImageCommands } from "./imageCommands.ts";
import { jsonOption, placeOptions, rpcOption, toSeconds } from "./options.ts";
import type { Output } from "./output.ts";
import { addProjectCommands } from "./projectCommands.ts";
import { addRegistryCommands } from "./registryCommands.ts";

const VERSION = "0.1.0";

// Loaded when one is run: help and completion need none of a node's parts.
const commands = {
  account: () => import("./commands/account.ts"),
  devnet: () => import("./commands/devnet.ts"),
  doctor: () => import("./commands/doctor.ts"),
  logs: () => import("./commands/logs.ts"),
  status: () => import("./commands/status.ts"),
};

/** A command with the manners of all of them: what it cannot read it says with a hint, and exits by `runProgram`. */
export function createCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .showHelpAfterError(`(${name} ${name === "delchain" ? "help COMMAND" : "--help"} shows how)`)
    .configureHelp({ sortSubcommands: true })
    .exitOverride();
}

/** All commands with their options, help and examples. */
export function createProgram(output: Output): Command {
  const program = createCommand(
    "delchain",
    "A chain whose contracts are Solidity, WebAssembly, or any program in a container.",
  );
  program
    .version(VERSION)
    .addHelpText(
      "after",
      examples("npm start", "delchain devnet", "delchain doctor", "delchain help account"),
    );
  addDevnet(program, output);
  addAccount(program, output);
  addStatus(program, output);
  addLogs(program, output);
  addDoctor(program, output);
  addImageCommands(program, output);
  addProjectCommands(program, output);
  addContractCommands(program, output);
  addRegistryCommands(program, output);
  addCompletion(program, output);
  return program;
}

const FUNDED = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

function addDevnet(program: Command, output: Output): void {
  const command = program
    .command("devnet")
    .description("run a chain on this machine, with ten funded accounts, until Ctrl-C")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option(
      "--interval <seconds>",
      "a block each so often; without it at once when there is work",
      toSeconds,
    )
    .addOption(
      new Option("--log <level>", "what goes to standard error")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("warn"),
    )
    .addOption(jsonOption());
  for (const option of placeOptions()) command.addOption(option);
  command
    .addHelpText(
      "after",
      examples(
        "delchain devnet",
        "delchain devnet --port 9545 --data ./chain --interval 5",
        `cast balance ${FUNDED} --rpc-url http://127.0.0.1:8545`,
      ),
    )
    .action(async (options: DevnetOptions) => (await commands.devnet()).devnet(options, output));
}

function addAccount(program: Command, output: Output): void {
  const account = program.command("account").description("accounts of the devnet, and new ones");
  account
    .command("list")
    .description("the devnet's funded accounts with their keys")
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain account list"))
    .action(async (options) => (await commands.account()).listAccounts(options, output));
  account
    .command("new")
    .description("make a key; it is shown once and stored nowhere")
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain account new --json > key.json"))
    .action(async (options) => (await commands.account()).newAccount(options, output));
  account
    .command("balance")
    .description("what an account owns")
    .argument("<address>", "0x and 40 hex digits")
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText("after", examples(`delchain account balance ${FUNDED}`))
    .action(async (address: string, options) =>
      (await commands.account()).showBalance(address, options, output),
    );
  account.addHelpText(
    "after",
    examples("delchain account list", "delchain account new", `delchain account balance ${FUNDED}`),
  );
}

function addStatus(program: Command, output: Output): void {
  program
    .command("status")
    .description("where a node stands: version, head, fees, mempool; for any Ethereum node")
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain status", "delchain status --json | jq .block"))
    .action(async (options) => (await commands.status()).status(options, output));
}

function addLogs(program: Command, output: Output): void {
  program
    .command("logs")
    .description("what contracts print on a devnet, of every tier, until Ctrl-C")
    .option("--contract <address>", "of this contract alone")
    .option("--no-follow", "end after what was printed so far")
    .addOption(rpcOption())
    .addOption(jsonOption("a line of JSON for each, for scripts"))
    .addHelpText(
      "after",
      examples("delchain logs", "delchain logs --no-follow --json | jq -r .text"),
    )
    .action(async (options) => (await commands.logs()).logs(options, output));
}

function addDoctor(program: Command, output: Output): void {
  program
    .command("doctor")
    .description("what this machine has for each tier, what is missing, and how to get it")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "delchain doctor",
        "delchain doctor --json | jq '.findings[] | select(.found | not)'",
      ),
    )
    .action(async (options) => (await commands.doctor()).doctor(options, output));
}

function addCompletion(program: Command, output: Output): void {
  program
    .command("completion")
    .description("a script that completes commands and options in your shell")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .addHelpText(
      "after",
      examples(
        "alias delchain='npx delchain'",
        'eval "$(delchain completion bash)"',
        'eval "$(delchain completion zsh)"',
        "delchain completion fish | source",
      ),
    )
    .action((shell: Shell) => output.line(completionScript(program, shell)));
}
