import assert from "node:assert/strict";
import { test } from "node:test";
import { PERTURBATIONS, type Perturbation } from "../container/perturbation.ts";
import { bigintToBytes } from "../types/bytes.ts";
import { Unavailable } from "../types/errors.ts";
import { type Explanation, explain, type Replicas, type RunSettings } from "./explain.ts";
import type { CallRun } from "./facts.ts";
import { promisedBy } from "./promises.ts";

// Contracts as functions of the machine that they find themselves on; containers are what the engine's tests start.

const NOW = 1_800_000_000n;

/** What a program may look at, in a container that was started as the `start`-th. */
type Machine = RunSettings & { readonly start: number; readonly round: number };
type Contract = (machine: Machine) => bigint;

class Machines implements Replicas {
  readonly isStrict: boolean;
  readonly canBeStrict: boolean;
  readonly perturbations: readonly Perturbation[] = PERTURBATIONS;
  readonly promised: ReadonlySet<Perturbation>;
  readonly settings: RunSettings[] = [];
  readonly #contracts: readonly Contract[];

  constructor(contracts: readonly Contract[], kind: "standard" | "strict" | "no kit") {
    this.#contracts = contracts;
    this.isStrict = kind === "strict";
    this.canBeStrict = kind !== "no kit";
    this.promised = promisedBy({ determinism: this.isStrict ? "strict" : "standard" }, 1);
  }

  async run(settings: RunSettings): Promise<readonly (readonly CallRun[])[]> {
    const start = this.settings.push(settings);
    return Array.from({ length: settings.rounds }, (_, round) =>
      this.#contracts.map((contract) => returned(contract({ ...settings, start, round }))),
    );
  }
}

function returned(value: bigint): CallRun {
  const output = bigintToBytes(value, value < 1n << 256n ? 32 : 64);
  return {
    result: { status: "success", output, logs: [], messages: [], gasUsed: 1_000n },
    slots: [],
  };
}

const is = (machine: Machine, perturbation: Perturbation): boolean =>
  machine.perturbations.includes(perturbation);
/** Held still on a strict machine, and moved there by its perturbation alone. */
const depends =
  (perturbation: Perturbation): Contract =>
  (machine) =>
    is(machine, perturbation) ? 2n : machine.isStrict ? 1n : BigInt(100 + machine.start);
const steady: Contract = () => 7n;
const clock: Contract = (machine) =>
  NOW + (machine.isStrict ? (is(machine, "time") ? 1_000n : 0n) : BigInt(machine.start));

async function explained(
  contracts: readonly Contract[],
  kind: ConstructorParameters<typeof Machines>[1] = "standard",
): Promise<Explanation> {
  return explain(new Machines(contracts, kind), contracts.length, { nowSeconds: NOW });
}

const shown = ({ calls }: Explanation): unknown =>
  calls.map(({ verdict, causes, reliesOn }) => [
    verdict,
    causes.map(({ cause, isGuess }) => (isGuess ? `${cause}?` : cause)),
    reliesOn.map(({ cause }) => cause),
  ]);

test("a cause is the one thing whose perturbation changes the result, and what is promised to all is no fault", async () => {
  const hostname: Contract = (machine) => (is(machine, "hostname") ? 1n : 2n);
  const found = await explained([depends("time"), depends("random"), hostname, steady]);
  assert.deepEqual(shown(found), [
    ["strictOnly", ["time"], []],
    ["strictOnly", ["random"], []],
    ["deterministic", [], ["hostname"]],
    ["deterministic", [], []],
  ]);
  assert.equal(found.runs, PERTURBATIONS.length + 5);
  assert.deepEqual(found.untried, []);
});

test("under a strict manifest the clock is promised too", async () => {
  const found = await explained([depends("time"), depends("threadTiming")], "strict");
  assert.deepEqual(shown(found), [
    ["deterministic", [], ["time"]],
    ["diverges", ["threadTiming"], []],
  ]);
  assert.equal(found.runs, PERTURBATIONS.length + 3);
});

test("what differs although everything is held still is laid at no perturbation's door", async () => {
  const race: Contract = ({ start }) => BigInt(start);
  const [call] = (await explained([race])).calls;
  assert.deepEqual(
    [call?.verdict, call?.causes.map(({ cause }) => cause), call?.reliesOn],
    ["diverges", ["threadTiming"], []],
  );
});

test("what a second round in one container changes is warm state", async () => {
  const counter: Contract = ({ round }) => BigInt(round);
  assert.deepEqual(shown(await explained([counter])), [["diverges", ["warmState"], []]]);
});

test("a call that a tenth of a CPU does not end in time is not said to depend on it", async () => {
  class Slow extends Machines {
    override async run(settings: RunSettings): ReturnType<Machines["run"]> {
      const rounds = await super.run(settings);
      if (!settings.perturbations.includes("threadTiming")) return rounds;
      const late = {
        status: "timeout",
        output: new Uint8Array(0),
        logs: [],
        messages: [],
        gasUsed: 0n,
      } as const;
      return rounds.map((round) => round.map((run) => ({ ...run, result: late })));
    }
  }
  const found = await explain(new Slow([steady], "standard"), 1, { nowSeconds: NOW });
  assert.deepEqual(shown(found), [["deterministic", [], []]]);
});

test("several causes are told, the one first that explains what replicas showed", async () => {
  const day: Contract = (machine) => (is(machine, "time") ? 20_000n : 19_000n);
  const both: Contract = (machine) => (depends("random")(machine) << 256n) + day(machine);
  const [call] = (await explained([both])).calls;
  assert.deepEqual(
    call?.causes.map(({ cause, difference }) => [cause, difference.where]),
    [
      ["random", "output byte 0"],
      ["time", "output byte 32"],
    ],
  );
});

test("an address that moves with the length of the environment is the memory's layout and nothing else", async () => {
  const address: Contract = (machine) =>
    ["memoryLayout", "zone", "locale", "hostname", "cpuFeatures"].some((each) =>
      is(machine, each as Perturbation),
    )
      ? 0x7fff_0000_1000n
      : 0x7fff_0000_2000n;
  assert.deepEqual(shown(await explained([address])), [["strictOnly", ["memoryLayout"], []]]);
});

test("a difference that strict determinism takes away and no perturbation brings back is unknown", async () => {
  const inode: Contract = ({ isStrict, start }) => (isStrict ? 0n : BigInt(start));
  assert.deepEqual(shown(await explained([inode])), [["strictOnly", ["unknown?"], []]]);
});

test("without strict determinism moving values are guessed by what they look like", async () => {
  const noise: Contract = ({ start }) => BigInt(start) * 2n ** 250n + 12345n;
  const address: Contract = ({ start }) => 0x7f00_0000_0000n + BigInt(start) * 4096n;
  const odd: Contract = ({ start }) => BigInt(start * 77);
  const number: Contract = ({ round }) => BigInt(9 + round);
  const milliseconds: Contract = (machine) => clock(machine) * 1_000n;
  const all = [clock, milliseconds, noise, address, odd, number, steady];
  assert.deepEqual(shown(await explained(all, "no kit")), [
    ["diverges", ["time?"], []],
    ["diverges", ["time?"], []],
    ["diverges", ["random?"], []],
    ["diverges", ["memoryLayout?"], []],
    ["diverges", ["unknown?"], []],
    ["diverges", ["pid?"], []],
    ["deterministic", [], []],
  ]);
});

test("the difference names the first place with both values, and has both results", async () => {
  const [call] = (await explained([depends("time")])).calls;
  const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;
  assert.deepEqual(call?.causes[0]?.difference, {
    where: "output byte 0",
    left: word(1n),
    right: word(2n),
  });
  assert.deepEqual(
    call?.causes[0]?.runs.map(({ result }) => result.output.at(-1)),
    [1, 2],
  );
});

test("a perturbation that cannot be run is told as untried, and a run as it is that fails ends the search", async () => {
  class Failing extends Machines {
    override run(settings: RunSettings): ReturnType<Machines["run"]> {
      if (settings.perturbations.includes("network")) throw new Unavailable("docker", "no such");
      return super.run(settings);
    }
  }
  const found = await explain(new Failing([steady], "standard"), 1, { nowSeconds: NOW });
  assert.deepEqual(found.untried, [{ cause: "network", reason: "no such" }]);
  class Gone extends Machines {
    override run(): Promise<never> {
      return Promise.reject(new Unavailable("docker", "the engine is gone"));
    }
  }
  await assert.rejects(
    explain(new Gone([steady], "standard"), 1, { nowSeconds: NOW }),
    /the engine is gone/,
  );
});

test("a search that may not go on leaves the rest untried, and says so", async () => {
  const machines = new Machines([depends("time")], "standard");
  const mayGoOn = () => machines.settings.length < 6;
  const found = await explain(machines, 1, { nowSeconds: NOW, mayGoOn });
  assert.equal(found.untried.length, PERTURBATIONS.length - 2);
  assert.match(found.untried[0]?.reason ?? "", /the limit of its time was reached/);
});

test("runs beside each other are at most as many as were asked for, and the last is alone", async () => {
  let running = 0;
  const seen: number[] = [];
  class Counting extends Machines {
    override async run(settings: RunSettings): ReturnType<Machines["run"]> {
      seen.push(++running);
      await new Promise(setImmediate);
      running--;
      return super.run(settings);
    }
  }
  await explain(new Counting([steady], "standard"), 1, { nowSeconds: NOW, atOnce: 3 });
  assert.equal(Math.max(...seen), 3);
  assert.equal(seen.at(-1), 1);
});
