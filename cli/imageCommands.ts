import { Argument, type Command, Option } from "commander";
import type {
  ExportOptions,
  ImportOptions,
  ListOptions,
  PruneOptions,
  RemoveOptions,
  ScanOptions,
  SignOptions,
} from "./commands/images.ts";
import { examples } from "./examples.ts";
import { jsonOption } from "./options.ts";
import type { Output } from "./output.ts";

// Loaded when one is run, as in program.ts.
const commands = () => import("./commands/images.ts");

const image = (): Argument =>
  new Argument("<image>", "its digest, the first digits of it, or a name of npm run images");

function storeOption(): Option {
  return new Option("--store <folder>", "where images lie; this machine's store unless told");
}

/** The images that containers run in: what there is, what goes, what comes and leaves. */
export function addImageCommands(program: Command, output: Output): void {
  const images = program
    .command("images")
    .description(
      "the images that containers run in: list, rm, prune, import, export, sbom, scan, sign",
    );
  addList(images, output);
  addRemoval(images, output);
  addTransport(images, output);
  addInspection(images, output);
  images.addHelpText(
    "after",
    examples("delchain images", "delchain images prune", "delchain images import image.tar"),
  );
}

function addList(images: Command, output: Output): void {
  images
    .command("list", { isDefault: true })
    .alias("ls")
    .description("digest, size, what of it others share, last use, and who needs it")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain images", "delchain images --json | jq .images"))
    .action(async (options: ListOptions) => (await commands()).list(options, output));
}

function addRemoval(images: Command, output: Output): void {
  images
    .command("rm")
    .description("delete images, and layers that no other image has")
    .argument("<images...>", "digests, first digits of them, or names of npm run images")
    .option("--force", "also what a project or a chain needs", false)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain images rm 8b87f8", "delchain images rm --force node"))
    .action(async (names: string[], options: RemoveOptions) =>
      (await commands()).remove(names, options, output),
    );
  images
    .command("prune")
    .description("delete what no project, chain or process needs; a build does the same")
    .option("--all", "also what was imported, or built in the last hour", false)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("delchain images prune", "delchain images prune --all"))
    .action(async (options: PruneOptions) => (await commands()).prune(options, output));
}

function addTransport(images: Command, output: Output): void {
  images
    .command("import")
    .description("take an image from an archive (docker save, OCI layout) after checking all of it")
    .argument("<file>", "the archive; - reads standard input")
    .option("--digest <digest>", "refuse any other image")
    .option("--signatures <file>", "signatures to keep with it, as cosign prints them")
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("docker save app | delchain images import -", "delchain images import image.tar"),
    )
    .action(async (file: string, options: ImportOptions) =>
      (await commands()).importArchive(file, options, output),
    );
  images
    .command("export")
    .description("write an image as an archive that docker load and images import take")
    .addArgument(image())
    .argument("<file>", "the archive; - writes to standard output")
    .addOption(storeOption())
    .addHelpText("after", examples("delchain images export node node.tar"))
    .action(async (meant: string, file: string, options: ExportOptions) =>
      (await commands()).exportArchive(meant, file, options, output),
    );
}

function addInspection(images: Command, output: Output): void {
  images
    .command("sbom")
    .description("the software in an image, as CycloneDX JSON")
    .addArgument(image())
    .addOption(storeOption())
    .addHelpText("after", examples("delchain images sbom php | jq '.components[].purl'"))
    .action(async (meant: string, options: ExportOptions) =>
      (await commands()).sbom(meant, options, output),
    );
  images
    .command("scan")
    .description("instructions in its programs that answer differently on another machine")
    .addArgument(image())
    .option("--all", "also what libc asks as it starts, and tables that may be no code", false)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("delchain images scan php", "delchain images scan 8b87f8 --json"),
    )
    .action(async (meant: string, options: ScanOptions) =>
      (await commands()).scan(meant, options, output),
    );
  images
    .command("sign")
    .description("sign an image, or keep signatures that others have made of it")
    .addArgument(image())
    .addOption(
      new Option("--key <file>", "a private key in PEM: Ed25519 or ECDSA P-256").conflicts(
        "signatures",
      ),
    )
    .option("--signatures <file>", "signatures to keep, as cosign prints them")
    .addOption(storeOption())
    .addHelpText(
      "after",
      examples(
        "openssl genpkey -algorithm ed25519 -out key.pem",
        "delchain images sign 8b87f8 --key key.pem",
      ),
    )
    .action(async (meant: string, options: SignOptions) =>
      (await commands()).sign(meant, options, output),
    );
}
