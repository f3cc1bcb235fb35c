import { Command, InvalidArgumentError, Option } from "commander";
import { listAccounts, newAccount, showBalance } from "./commands/account.ts";
import { completionScript, SHELLS } from "./commands/completion.ts";
import { type DevnetOptions, devnet } from "./commands/devnet.ts";
import { doctor } from "./commands/doctor.ts";
import { status } from "./commands/status.ts";
import type { Output } from "./output.ts";
import { DEFAULT_RPC } from "./rpcClient.ts";

const PORT_MAX = 65_535;

/** All commands with their options, help and examples. */
export function createProgram(output: Output): Command {
  const program = new Command("delchain")
    .description(
      "A chain whose contracts are Solidity, WebAssembly, or any program in a container.",
    )
    .version("0.1.0")
    .showHelpAfterError("(delchain help COMMAND shows how it is used)")
    .configureHelp({ sortSubcommands: true })
    .exitOverride();
  addDevnet(program, output);
  addAccount(program, output);
  addStatus(program, output);
  addDoctor(program, output);
  addCompletion(program, output);
  return program;
}

const jsonOption = () => new Option("--json", "answer in JSON, for scripts").default(false);
const rpcOption = () =>
  new Option("--rpc <url>", "the node to ask").default(DEFAULT_RPC).env("DELCHAIN_RPC");

function addDevnet(program: Command, output: Output): void {
  program
    .command("devnet")
    .description("run a chain on this machine, with ten funded accounts")
    .option("--port <number>", "HTTP and WebSocket, on one port; 0 takes a free one", toPort, 8545)
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option(
      "--data <folder>",
      "keep the chain there; without it the chain is gone with the command",
    )
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
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  delchain devnet\n  delchain devnet --port 9545 --data ./chain --interval 5\n  cast balance 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --rpc-url http://127.0.0.1:8545",
    )
    .action((options: DevnetOptions) => devnet(options, output));
}

function addAccount(program: Command, output: Output): void {
  const account = program.command("account").description("accounts of the devnet, and new ones");
  account
    .command("list")
    .description("the devnet's funded accounts with their keys")
    .addOption(jsonOption())
    .action((options) => listAccounts(options, output));
  account
    .command("new")
    .description("make a key; it is shown once and stored nowhere")
    .addOption(jsonOption())
    .action((options) => newAccount(options, output));
  account
    .command("balance")
    .description("what an account owns")
    .argument("<address>", "0x and 40 hex digits")
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExample:\n  delchain account balance 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    )
    .action((address: string, options) => showBalance(address, options, output));
}

function addStatus(program: Command, output: Output): void {
  program
    .command("status")
    .description("where a node stands: version, head, fees, mempool")
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  delchain status --json | jq .block")
    .action((options) => status(options, output));
}

function addDoctor(program: Command, output: Output): void {
  program
    .command("doctor")
    .description("what this machine has for each tier, what is missing, and how to get it")
    .addOption(jsonOption())
    .action((options) => doctor(options, output));
}

function addCompletion(program: Command, output: Output): void {
  program
    .command("completion")
    .description("a script that completes commands and options in your shell")
    .argument("<shell>", SHELLS.join(", "), toShell)
    .addHelpText("after", '\nExample:\n  eval "$(delchain completion bash)"')
    .action((shell: (typeof SHELLS)[number]) => output.line(completionScript(program, shell)));
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= PORT_MAX && text.trim() !== "") return port;
  throw new InvalidArgumentError(`It takes a whole number from 0 to ${PORT_MAX}.`);
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.05 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError("It takes seconds from 0.05 to 3600.");
}

function toShell(text: string): string {
  if ((SHELLS as readonly string[]).includes(text)) return text;
  throw new InvalidArgumentError(`It knows ${SHELLS.join(", ")}.`);
}
