import { revert } from "./revert";

let viewing = false;

/** The generated dispatcher says so when a `@view` method begins: what would change anything reverts. */
export function beginView(): void {
  viewing = true;
}

export function isViewing(): bool {
  return viewing;
}

export function refuseInView(): void {
  if (viewing) revert("a view method writes");
}
