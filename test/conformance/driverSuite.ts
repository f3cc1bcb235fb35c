import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ContainerDriver } from "@delchain/runtime";
import { CALL_CASES } from "./callCases.ts";
import {
  DriverBench,
  type DriverCase,
  type DriverSubject,
  type PreparedSubject,
} from "./driverBench.ts";
import { HOSTILE_CASES } from "./hostileCases.ts";
import { LIFE_CASES } from "./lifeCases.ts";

/** Every case that a driver must pass, each by the sentence that it proves. */
export const DRIVER_CASES: readonly DriverCase[] = [...CALL_CASES, ...HOSTILE_CASES, ...LIFE_CASES];

/**
 * Registers the conformance suite of the `ContainerDriver` port for one driver. What the driver cannot give is data in
 * `subject.exclusions`, by case and with its reason, and is printed; an exclusion that names no case fails. `cases` are
 * fewer where the rest has been proved of the same driver.
 */
export function driverSuite(
  subject: DriverSubject,
  cases: readonly DriverCase[] = DRIVER_CASES,
): void {
  describe(`the ${subject.name} driver`, () => {
    let prepared: PreparedSubject | undefined;
    let driver: ContainerDriver | undefined;
    before(async () => {
      prepared = await subject.prepare();
      driver = await prepared.open();
    });
    after(async () => {
      await driver?.close();
      await prepared?.cleanUp();
    });

    test("excludes named cases only, and says why", (context) => {
      for (const [sentence, reason] of Object.entries(subject.exclusions)) {
        const isCase = DRIVER_CASES.some((each) => each.sentence === sentence);
        assert.ok(isCase, `no case is called "${sentence}"`);
        context.diagnostic(`${subject.name} leaves out "${sentence}": ${reason}`);
      }
    });

    for (const { sentence, prove } of cases) {
      if (Object.hasOwn(subject.exclusions, sentence)) continue;
      test(sentence, async () => {
        assert.ok(driver && prepared, "the driver did not open");
        const bench = new DriverBench(driver, subject, prepared);
        try {
          await prove(bench);
        } finally {
          await bench.close();
        }
      });
    }
  });
}
