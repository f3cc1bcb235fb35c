import type { Tier } from "../executor/tier.ts";
import { CODE_KINDS } from "../host/envelope.ts";
import { InvalidInput, Unavailable } from "../types/errors.ts";
import { PHP_PACKAGE, PHP_REMEDY } from "./interpreterPackage.ts";

const REASON = `the optional package ${PHP_PACKAGE} is not installed. Try: ${PHP_REMEDY}`;

/** Stands for PHP on a devnet whose user left the interpreter out: says what to install instead of running anything. */
export class MissingPhp implements Tier {
  readonly kind: typeof CODE_KINDS.php = CODE_KINDS.php;

  prepare(): never {
    throw new InvalidInput({ code: "PHP_MISSING" }, `this devnet runs no PHP: ${REASON}`);
  }

  construct(): never {
    throw new Unavailable("php", REASON);
  }

  call(): never {
    throw new Unavailable("php", REASON);
  }
}
