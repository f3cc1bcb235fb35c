/** What can make replicas of a call differ, as `del_explainCall` names it: what that is, and what a contract does instead. */
export type CauseText = { readonly what: string; readonly instead: string };

const CAUSES: Readonly<Record<string, CauseText>> = {
  time: {
    what: "the clock",
    instead: "take the block's time from the call",
  },
  zone: {
    what: "the time zone",
    instead: "compute in UTC",
  },
  locale: {
    what: "the language of the environment",
    instead: "name the locale where text is compared or formatted",
  },
  random: {
    what: "random numbers of the machine",
    instead: "take the host's random numbers, which all members of a committee have alike",
  },
  hostname: {
    what: "the host's name",
    instead: "leave it out; the contract's own address is the same everywhere",
  },
  pid: {
    what: "the number of a process or thread",
    instead: "leave it out; a call's seed tells calls apart",
  },
  environmentOrder: {
    what: "the order of the environment's variables",
    instead: "ask for variables by name, or sort their names",
  },
  directoryOrder: {
    what: "the order of a directory's entries",
    instead: "sort the names",
  },
  cpuCount: {
    what: "the number of CPUs",
    instead: "use a fixed number of workers, and results that do not depend on it",
  },
  cpuFeatures: {
    what: "the CPU's instructions for floating-point numbers",
    instead: "compute with integers, or with + - * / and square roots alone",
  },
  memoryLayout: {
    what: "addresses of memory",
    instead: "leave addresses, and hashes and orders made of them, out of results",
  },
  warmState: {
    what: "what earlier calls left in the container",
    instead: "keep state in storage, and begin each call with fresh variables and files",
  },
  threadTiming: {
    what: "which thread was first, or an instruction that no host holds still (rdrand)",
    instead: "use one thread, or join all and combine their results in a fixed order",
  },
  network: {
    what: "the network, or the error that a program without one meets",
    instead: "leave it out; what a contract knows comes with its call",
  },
  unknown: {
    what: "something that could not be told apart",
    instead: "look at the values, and for time, randomness, order and addresses",
  },
};

/** Throws nothing: a cause that a newer node names is shown by its name. */
export function describeCause(cause: string): CauseText {
  return CAUSES[cause] ?? { what: cause, instead: "keep it out of results" };
}
