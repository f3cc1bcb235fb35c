import type { FailAt } from "./abi.ts";
import type { CSource } from "./includes.ts";
import { withoutTexts } from "./viewCheck.ts";

const INCLUDED = /^[ \t]*#\s*include\s*<([\w/.]+)>/gm;

/** By C's and POSIX' names; those that a contract may well give its own functions in another file are left out. */
type Outside = {
  readonly calls: readonly string[];
  readonly headers: readonly string[];
  readonly instead: string;
};

const words = (text: string): readonly string[] => text.split(" ");

/** What answers differently on every machine, or is on none of them. */
const OUTSIDE: readonly Outside[] = [
  {
    calls: words("time clock gettimeofday clock_gettime localtime gmtime"),
    headers: words("time.h sys/time.h"),
    instead: "the time is the block's: dc_block_time()",
  },
  {
    calls: words(
      "rand srand rand_r random srandom drand48 getrandom getentropy arc4random " +
        "__builtin_ia32_rdrand32_step __builtin_ia32_rdrand64_step",
    ),
    headers: words("sys/random.h"),
    instead:
      "random numbers come from a call's seed, in the container tier: dc_random_below(bound)",
  },
  {
    calls: words("__rdtsc __builtin_ia32_rdtsc __builtin_readcyclecounter"),
    headers: [],
    instead: "what a call takes is its gas: dc_gas_left()",
  },
  {
    calls: words("getenv secure_getenv setenv putenv"),
    headers: [],
    instead: "what a contract is told are arguments: of a method, or of DC_CONSTRUCTOR",
  },
  {
    calls: words("socket getaddrinfo gethostbyname"),
    headers: words("sys/socket.h netinet/in.h arpa/inet.h netdb.h"),
    instead: "a contract reaches the chain and nothing else",
  },
  {
    calls: words("pthread_create thrd_create fork vfork popen execve posix_spawn"),
    headers: words("pthread.h threads.h sys/wait.h"),
    instead: "a call runs alone, in one thread",
  },
  {
    calls: words("fopen mkstemp tmpfile"),
    headers: [],
    instead: "what a contract keeps lies in its storage: dc_store, in a container dc_put too",
  },
];

/**
 * Throws for a call or a header of what lies outside of a contract, with what to use in its place. A name that the
 * contract declares itself, in whichever of its files, is its own.
 */
export function refuseOutside(sources: readonly CSource[], fail: FailAt): void {
  const bare = sources.map((source) => ({ source, text: withoutTexts(source.text) }));
  for (const source of sources) refuseHeaders(source, fail);
  for (const { calls, instead } of OUTSIDE) {
    for (const name of calls) {
      const uses = bare.map(({ source, text }) => ({ source, ...usesOf(text, name) }));
      if (uses.some(({ isDeclared }) => isDeclared)) continue;
      const { source, at } = uses.find((use) => use.at !== undefined) ?? {};
      if (source === undefined || at === undefined) continue;
      throw fail({ source, at }, `${name} is not there for a contract: ${instead}`);
    }
  }
}

function refuseHeaders(source: CSource, fail: FailAt): void {
  for (const { 1: header = "", index: at } of source.text.matchAll(INCLUDED)) {
    const outside = OUTSIDE.find(({ headers }) => headers.includes(header));
    if (outside === undefined) continue;
    throw fail({ source, at }, `<${header}> is not there for a contract: ${outside.instead}`);
  }
}

/** Whether a file declares a name, and where it first calls it. */
function usesOf(
  text: string,
  name: string,
): { readonly isDeclared: boolean; readonly at: number | undefined } {
  let first: number | undefined;
  for (const { index } of text.matchAll(new RegExp(`\\b${name}\\s*\\(`, "g"))) {
    const before = text.slice(0, index);
    if (/(?:\.|->)\s*$/.test(before)) continue;
    const word = /(\w+)[\s*]*$/.exec(before)?.[1];
    // A type before it declares it; a keyword does not.
    if (word !== undefined && !/^(?:return|else|do|case)$/.test(word)) {
      return { isDeclared: true, at: undefined };
    }
    first ??= index;
  }
  return { isDeclared: false, at: first };
}
