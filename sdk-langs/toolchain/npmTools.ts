import { Unavailable } from "@delchain/runtime";
import { installedVersion } from "./input.ts";
import type { Tools } from "./toolchain.ts";

/** Versions of compilers that come from npm. Throws `Unavailable` that names one that is not installed. */
export function npmTools(...packages: readonly string[]): Tools {
  return Object.fromEntries(
    packages.map((name) => {
      const version = installedVersion(name);
      if (version !== undefined) return [name, version];
      const remedy = "a node needs no compilers, so npm start leaves them out";
      throw new Unavailable(
        name,
        `the compiler ${name} is not installed (${remedy}): npm ci --include=dev, where delchain lies`,
      );
    }),
  );
}
