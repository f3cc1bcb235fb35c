import { type Command, Option } from "commander";
import type { AbiOptions } from "./commands/abi.ts";
import type { CallCommandOptions } from "./commands/call.ts";
import type { ConsoleOptions } from "./commands/console.ts";
import type { DeployOptions } from "./commands/deploy.ts";
import type { SendOptions } from "./commands/send.ts";
import type { SourceOptions } from "./commands/source.ts";
import type { UpgradeOptions } from "./commands/upgrade.ts";
import type { VerifyOptions } from "./commands/verify.ts";
import { examples } from "./examples.ts";
import { jsonOption, projectOption, rpcOption } from "./options.ts";
import type { Output } from "./output.ts";

// Loaded when one is run, as in program.ts.
const commands = {
  abi: () => import("./commands/abi.ts"),
  call: () => import("./commands/call.ts"),
  console: () => import("./commands/console.ts"),
  deploy: () => import("./commands/deploy.ts"),
  send: () => import("./commands/send.ts"),
  source: () => import("./commands/source.ts"),
  upgrade: () => import("./commands/upgrade.ts"),
  verify: () => import("./commands/verify.ts"),
};

const TOKEN = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const FRIEND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** The commands on contracts that are built: deploying and using them. */
export function addContractCommands(program: Command, output: Output): void {
  addAbi(program, output);
  addDeploy(program, output);
  addCall(program, output);
  addSend(program, output);
  addConsole(program, output);
  addUpgrade(program, output);
  addVerify(program, output);
  addSource(program, output);
}

export const accountOption = (): Option =>
  new Option(
    "--account <account>",
    "who signs: a devnet account by its index, or a keystore file; else the key in DELCHAIN_PRIVATE_KEY, else account 0",
  );
export const privateKeyOption = (): Option =>
  new Option(
    "--private-key <key>",
    "who signs, where everybody on this machine can read it",
  ).hideHelp();
const libraryOption = () =>
  new Option(
    "--library <name=address>",
    "a library that is deployed already, as NAME=ADDRESS or PATH:NAME=ADDRESS, once for each; the others are deployed first",
  )
    .argParser((text: string, before: readonly string[]) => [...before, text])
    .default([], "none");
const valueOption = () =>
  new Option("--value <amount>", "coins to send along: wei, or an amount like 1.5ether");

function addContractOptions(command: Command): Command {
  return command
    .argument("<contract>", "its name in the project")
    .argument("<function>", "its name, or its signature where a name has several")
    .argument("[arguments...]", "by the ABI; lists and tuples as JSON, amounts like 1.5ether")
    .addOption(
      new Option("--address <address>", "where it is; else where this project deployed it"),
    )
    .addOption(new Option("--abi <file>", "its ABI; else the project's"))
    .addOption(projectOption())
    .addOption(rpcOption());
}

function addAbi(program: Command, output: Output): void {
  const abi = program.command("abi").description("a contract's interface for those who call it");
  abi
    .command("export")
    .description("print a contract's ABI for TypeScript, for Solidity, or as JSON")
    .argument("<contract>", "its name in the project")
    .addOption(
      new Option("--to <form>", "what reads it")
        .choices(["ts", "solidity", "json"])
        .default("json"),
    )
    .addOption(new Option("--out <file>", "write it there"))
    .addOption(projectOption())
    .addHelpText(
      "after",
      examples(
        "delchain abi export Token --to ts --out src/tokenAbi.ts",
        "delchain abi export Token --to solidity > contracts/IToken.sol",
      ),
    )
    .action(async (name: string, options: AbiOptions) =>
      (await commands.abi()).exportAbi(name, options, output),
    );
  abi.addHelpText("after", examples("delchain abi export Token --to ts"));
}

function addDeploy(program: Command, output: Output): void {
  program
    .command("deploy")
    .description("build, and deploy a contract by one creation transaction, on every tier")
    .argument("<contract>", "its name in the project")
    .argument("[arguments...]", "the constructor's, by the ABI; lists and tuples as JSON")
    .option("--dry-run", "say what it costs and where it would lie, and send nothing", false)
    .option("--upgradeable", "behind a proxy, so that delchain upgrade can change its code", false)
    .option("--call <text>", "what an upgradeable contract runs first, as in 'initialize 1000'")
    .option("--verify", "publish its source to the node", false)
    .addOption(libraryOption())
    .addOption(valueOption())
    .addOption(accountOption())
    .addOption(privateKeyOption())
    .addOption(projectOption())
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "delchain deploy Token 1000000 --dry-run",
        "delchain deploy Token 1000000",
        "delchain deploy Token --upgradeable --call 'initialize 1000000'",
        "DELCHAIN_PASSWORD=… delchain deploy Token 1ether --account ./keystore.json --rpc https://node.example",
      ),
    )
    .action(async (name: string, words: string[], options: DeployOptions) =>
      (await commands.deploy()).deploy(name, words, options, output),
    );
}

function addCall(program: Command, output: Output): void {
  addContractOptions(program.command("call"))
    .description("call a function without a transaction, and print what it returns")
    .addOption(new Option("--from <address>", "who the contract sees as the sender"))
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        `delchain call Token balanceOf ${FRIEND}`,
        "delchain call Token totalSupply --json | jq -r .result",
      ),
    )
    .action(
      async (name: string, functionName: string, words: string[], options: CallCommandOptions) =>
        (await commands.call()).call(name, functionName, words, options, output),
    );
}

function addSend(program: Command, output: Output): void {
  addContractOptions(program.command("send"))
    .description("send a transaction to a function, wait for its result, and print what it logged")
    .addOption(valueOption())
    .addOption(accountOption())
    .addOption(privateKeyOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        `delchain send Token transfer ${FRIEND} 250`,
        `delchain send Token transfer ${FRIEND} 1.5ether --account 3`,
      ),
    )
    .action(async (name: string, functionName: string, words: string[], options: SendOptions) =>
      (await commands.send()).send(name, functionName, words, options, output),
    );
}

function addConsole(program: Command, output: Output): void {
  program
    .command("console")
    .description("a prompt in JavaScript on the project's deployed contracts")
    .addOption(accountOption())
    .addOption(privateKeyOption())
    .addOption(projectOption())
    .addOption(rpcOption())
    .addHelpText("after", examples("delchain console", "delchain console --account 3"))
    .action(async (options: ConsoleOptions) =>
      (await commands.console()).openConsole(options, output),
    );
}

function addUpgrade(program: Command, output: Output): void {
  program
    .command("upgrade")
    .description(
      "put a contract's present code at its address; what deploy --upgradeable has deployed",
    )
    .argument("<contract>", "its name in the project")
    .option("--call <text>", "what the new code runs first, as in 'migrate 2'")
    .option("--dry-run", "say whether it could be upgraded, and send nothing", false)
    .option("--unsafe-layout", "also when the new code reads storage in another way", false)
    .option("--verify", "publish the new source to the node", false)
    .addOption(libraryOption())
    .addOption(accountOption())
    .addOption(privateKeyOption())
    .addOption(projectOption())
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("delchain upgrade Token --dry-run", "delchain upgrade Token --call 'migrate 2'"),
    )
    .action(async (name: string, options: UpgradeOptions) =>
      (await commands.upgrade()).upgrade(name, options, output),
    );
}

function addVerify(program: Command, output: Output): void {
  program
    .command("verify")
    .description("build anew and compare with what was deployed, byte for byte; publish the source")
    .argument(
      "<contract>",
      "its name in the project; or the address of one whose source is published",
    )
    .addOption(
      new Option("--address <address>", "where it is; else where this project deployed it"),
    )
    .addOption(new Option("--transaction <hash>", "what created it; else what this project sent"))
    .option("--no-publish", "compare, and leave the node's copy of the source alone")
    .addOption(accountOption())
    .addOption(privateKeyOption())
    .addOption(projectOption())
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain verify Token", `delchain verify ${TOKEN}`))
    .action(async (name: string, options: VerifyOptions) =>
      (await commands.verify()).verify(name, options, output),
    );
}

function addSource(program: Command, output: Output): void {
  program
    .command("source")
    .description("show the source that a contract's deployer has published")
    .argument("<contract>", "its address, or its name in the project")
    .addOption(new Option("--out <folder>", "write it there, as a project that builds"))
    .addOption(projectOption())
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(`delchain source ${TOKEN}`, `delchain source ${TOKEN} --out ../theirs`),
    )
    .action(async (which: string, options: SourceOptions) =>
      (await commands.source()).source(which, options, output),
    );
}
