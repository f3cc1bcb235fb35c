import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { memoryImages, writeImage } from "@delchain/images";
import { DockerDriver, DriverSet, type Manifest, PERTURBATIONS } from "@delchain/runtime";
import { parseAbi } from "viem";
import { causePlaces } from "../../cli/project/causePlaces.ts";
import { planCalls } from "../../cli/project/checkCalls.ts";
import { type CallReport, checkContract } from "../../cli/project/checkContract.ts";
import { type CauseImage, type CauseLanguage, causeImage } from "./causes/images.ts";

// Small contracts, each with one known cause for which replicas differ (causes/LANGUAGE): `delchain check` runs them in
// the real engine and has to name each one's cause and no other. All of a language share an image and its containers.

const LANGUAGES: readonly CauseLanguage[] = ["c", "java", "node", "php", "python"];
const named = new Map<CauseLanguage, number>();
const covered = new Set<string>();

for (const language of LANGUAGES) {
  test(`each contract in ${language} has its one cause named, and one without a cause has none`, async () => {
    const image = await causeImage(language);
    const calls = await checked(language, image);
    assert.deepEqual(
      calls.map(({ call, causes, reliesOn }) => [
        call,
        [...causes, ...reliesOn].map(({ cause, isGuess }) => (isGuess ? `${cause}?` : cause)),
      ]),
      image.contracts.map(({ name, cause }) => [`${name}()`, cause === undefined ? [] : [cause]]),
    );
    for (const { name, file, cause } of image.contracts) {
      if (cause === undefined) continue;
      const source = await readFile(join(import.meta.dirname, "causes", language, file), "utf8");
      const [place] = causePlaces(cause, new Map([[file, source]]), name);
      assert.ok(place, `${file} has a line for ${cause}`);
      covered.add(cause);
    }
    named.set(language, image.contracts.filter(({ cause }) => cause !== undefined).length);
  });
}

test("there are at least twenty such contracts, three in each language, and one for every cause", () => {
  const counts = [...named.values()];
  assert.ok(counts.reduce((sum, count) => sum + count, 0) >= 20, String(counts));
  assert.deepEqual(
    LANGUAGES.filter((language) => (named.get(language) ?? 0) < 3),
    [],
  );
  const causes = [...PERTURBATIONS, "warmState"];
  assert.deepEqual(
    causes.filter((cause) => !covered.has(cause)),
    [],
  );
});

async function checked(
  language: CauseLanguage,
  { contracts, isolation, resources, build }: CauseImage,
): Promise<readonly CallReport[]> {
  const source = await build();
  const image = await writeImage(source);
  const images = memoryImages(image);
  const manifest: Manifest = {
    name: language,
    image: image.digest,
    platform: "linux/amd64",
    entrypoint: source.config.entrypoint,
    resources,
    payable: false,
    isolation,
    determinism: "standard",
    attestation: "identical",
  };
  const abi = parseAbi(contracts.map(({ name }) => `function ${name}() returns (uint256)`));
  const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
  const open = () => DockerDriver.open({ runDirectory, images });
  const drivers = new DriverSet([{ name: "docker", platform: "linux/amd64", open }]);
  try {
    const contract = { name: language, manifest, abi, sources: new Map() };
    const plan = planCalls(language, abi, []);
    const { calls, untried } = await checkContract(contract, plan, drivers, () => undefined);
    assert.deepEqual(untried, []);
    return calls;
  } finally {
    await drivers.close();
    await rm(runDirectory, { recursive: true });
  }
}
