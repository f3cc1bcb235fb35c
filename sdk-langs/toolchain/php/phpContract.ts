/** A class that is no abstract one and whose parent's name ends in `Contract`. */
const CONTRACT =
  /^[ \t]*(?:#\[.*\][ \t]*)?(?:(?:final|readonly)\s+)*class\s+\w+\s+extends\s+\\?(?:\w+\\)*\w*Contract\b/m;
const CONTAINER = /#\[[^\]]*\bContainer\b/;

/** Whether a file is a contract rather than a part of one: `final class Token extends Contract`. */
export function isPhpContract(path: string, text: string): boolean {
  return path.endsWith(".php") && CONTRACT.test(text);
}

/** Whether it says itself that it runs in a container: `#[Container]`. */
export function isContainerContract(text: string): boolean {
  return CONTAINER.test(text);
}
