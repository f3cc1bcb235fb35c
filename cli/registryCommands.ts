import type { ResourceClass } from "@delchain/sdk";
import { Argument, type Command, InvalidArgumentError } from "commander";
import type { Hash } from "viem";
import type { LifeOptions } from "./commands/contract.ts";
import type { OfferOptions, RegisterOptions } from "./commands/host.ts";
import { accountOption, privateKeyOption } from "./contractCommands.ts";
import { examples } from "./examples.ts";
import { jsonOption, projectOption, rpcOption } from "./options.ts";
import type { Output } from "./output.ts";
import type { SystemOptions } from "./project/systemTransaction.ts";

// Loaded when one is run, as in program.ts.
const commands = {
  contract: () => import("./commands/contract.ts"),
  host: () => import("./commands/host.ts"),
};

const CLASSES: readonly ResourceClass[] = ["small", "medium", "large"];
const HOST = "0x5e2f…9a";
const CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const VERSION = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";

/** The commands of those who run containers, and of those who answer for container contracts. */
export function addRegistryCommands(program: Command, output: Output): void {
  addHost(program, output);
  addContract(program, output);
}

function addSigner(command: Command): Command {
  return command
    .addOption(accountOption())
    .addOption(privateKeyOption())
    .addOption(rpcOption())
    .addOption(jsonOption());
}

function addHost(program: Command, output: Output): void {
  const host = program.command("host").description("machines that run containers: keys and stakes");
  host
    .command("key")
    .description("make a host's key, in a file that nobody else may read")
    .argument("<file>", "where its secret goes; a file that is not there yet")
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain host key ./host.key"))
    .action(async (file: string, options) =>
      (await commands.host()).makeKey(file, options, output),
    );
  addRegister(host, output);
  addOffer(host, output);
  addDeed(host, output, "notice", "leave the draw when the notice has run out");
  addDeed(host, output, "leave", "take the stake back, once nothing can be reported any more");
  addDeed(host, output, "return", "come back from jail, when its time is over");
  addSigner(host.command("collect"))
    .description("have what hosts earned by keeping contracts paid to where they are paid")
    .argument("<payout>", "the address that they are paid to")
    .addHelpText("after", examples(`delchain host collect ${CONTRACT}`))
    .action(async (payout: string, options: SystemOptions) =>
      (await commands.host()).collect(payout, options, output),
    );
  addSigner(host.command("challenge"))
    .description("contest what few hosts certified, for a bond: a wider committee judges it again")
    .argument("<transaction>", "the hash of one of the calls")
    .requiredOption("--host <host>", "the signer's host, by id or public key")
    .addHelpText("after", examples(`delchain host challenge 0x9f…c1 --host ${HOST} --account 3`))
    .action(async (transaction: string, options: SystemOptions & { host: string }) =>
      (await commands.host()).challenge(transaction, options, output),
    );
  host
    .command("status")
    .description("the hosts that are registered, of whom and until when")
    .argument("[host]", "one of them by id or key, or those of an owner")
    .addOption(rpcOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain host status", "delchain host status --json"))
    .action(async (which: string | undefined, options: SystemOptions) =>
      (await commands.host()).showHosts(which, options, output),
    );
  host.addHelpText(
    "after",
    examples(
      "delchain host key ./host.key",
      "delchain host register --key ./host.key --class small",
    ),
  );
}

function addRegister(host: Command, output: Output): void {
  addSigner(host.command("register"))
    .description("register a host with one stake unit of the signer's")
    .requiredOption("--key <file>", "its secret, as delchain host key writes it")
    .requiredOption("--class <names>", `what it runs, for good: ${CLASSES.join(",")}`, toClasses)
    .option("--payout <address>", "who is paid for its attestations; else the signer")
    .addHelpText(
      "after",
      examples("delchain host register --key ./host.key --class small,medium --account 3"),
    )
    .action(async (options: RegisterOptions) => (await commands.host()).register(options, output));
}

function addOffer(host: Command, output: Output): void {
  addSigner(host.command("offer"))
    .description("say what a host asks for in one of its classes")
    .argument("<host>", "its id, or its public key")
    .addArgument(new Argument("<class>").choices(CLASSES))
    .requiredOption("--retainer <amount>", "for each block that a contract is kept ready")
    .addHelpText("after", examples(`delchain host offer ${HOST} small --retainer 1gwei`))
    .action(async (id: string, name: ResourceClass, options: OfferOptions) =>
      (await commands.host()).offer(id, name, options, output),
    );
}

function addDeed(
  host: Command,
  output: Output,
  name: "notice" | "leave" | "return",
  about: string,
): void {
  addSigner(host.command(name))
    .description(about)
    .argument("<host>", "its id, or its public key")
    .addHelpText("after", examples(`delchain host ${name} ${HOST}`))
    .action(async (id: string, options: SystemOptions) =>
      (await commands.host()).act(name, id, options, output),
    );
}

function addContract(program: Command, output: Output): void {
  const contract = program
    .command("contract")
    .description("the life of container contracts: versions, suspension, escrow");
  const add = (name: string) =>
    addSigner(contract.command(name))
      .argument("<contract>", "its address, or its name in the project")
      .addOption(projectOption());
  const version = () => new Argument("<version>", "the container whose manifest it is");
  add("status")
    .description("how it stands, what it waits for, and who may do what")
    .addHelpText("after", examples(`delchain contract status ${CONTRACT}`))
    .action(async (name: string, options: LifeOptions) =>
      (await commands.contract()).showLife(name, options, output),
    );
  add("propose")
    .description("propose another container's manifest as its next version")
    .addArgument(version())
    .addHelpText("after", examples(`delchain contract propose ${CONTRACT} ${VERSION}`))
    .action(async (name: string, next: string, options: LifeOptions) =>
      (await commands.contract()).propose(name, next, options, output),
    );
  add("approve")
    .description("approve a version, the first one too, with its manifest")
    .addArgument(version())
    .option("--manifest <hash>", "the manifest that was read; else the one on the chain")
    .addHelpText("after", examples(`delchain contract approve ${CONTRACT} ${VERSION}`))
    .action(
      async (name: string, next: string, options: LifeOptions & { readonly manifest?: string }) =>
        (await commands.contract()).approve(name, next, options, output),
    );
  add("ready")
    .description("say that a host has fetched, started and tested a version")
    .addArgument(version())
    .argument("<host>", "the host's id")
    .addHelpText("after", examples(`delchain contract ready ${CONTRACT} ${VERSION} ${HOST}`))
    .action(async (name: string, next: string, host: Hash, options: LifeOptions) =>
      (await commands.contract()).ready(name, next, host, options, output),
    );
  add("keep")
    .description("begin to keep the version that it runs, for a share of its rent")
    .argument("<host>", "the host's id")
    .addHelpText("after", examples(`delchain contract keep ${CONTRACT} ${HOST}`))
    .action(async (name: string, host: Hash, options: LifeOptions) =>
      (await commands.contract()).keep(name, host, options, output),
    );
  add("migrate")
    .description("switch to the proposed version, by an ordered call of delchain_migrate()")
    .option("--back", "to a former version, by delchain_migrateBack()", false)
    .addHelpText("after", examples(`delchain contract migrate ${CONTRACT}`))
    .action(async (name: string, options: LifeOptions & { readonly back: boolean }) =>
      (await commands.contract()).migrate(name, options, output),
    );
  add("top-up")
    .description("add to its escrow, which anybody may")
    .argument("<amount>", "wei, or an amount like 1.5ether")
    .addHelpText("after", examples(`delchain contract top-up ${CONTRACT} 1.5ether`))
    .action(async (name: string, amount: string, options: LifeOptions) =>
      (await commands.contract()).topUp(name, amount, options, output),
    );
  for (const [deed, about] of DEEDS) {
    add(deed)
      .description(about)
      .addHelpText("after", examples(`delchain contract ${deed} ${CONTRACT}`))
      .action(async (name: string, options: LifeOptions) =>
        (await commands.contract()).act(deed, name, options, output),
      );
  }
  contract.addHelpText("after", examples(`delchain contract status ${CONTRACT}`));
}

const DEEDS = [
  ["cancel", "withdraw a proposal"],
  ["rollback", "go back to the version before the last switch"],
  ["suspend", "take no more calls, until it is resumed"],
  ["resume", "take calls again"],
  ["retire", "end it for good, and take the rest of its escrow"],
] as const;

function toClasses(text: string): readonly ResourceClass[] {
  const names = text.split(",");
  const unknown = names.find((name) => !CLASSES.includes(name as ResourceClass));
  if (unknown === undefined) return names as ResourceClass[];
  throw new InvalidArgumentError(`It takes one or more of ${CLASSES.join(",")}.`);
}
