import { readFileSync } from "node:fs";
import type { ContainerCreateOptions } from "dockerode";
import { supervised } from "../detinit/kit.ts";
import type { ContainerLabels, ContainerSpec, Determinism } from "../driver.ts";
import type { Perturbation } from "../perturbation.ts";
import { promisedEnvironment } from "../promisedEnvironment.ts";

/** What `createRequest` knows to give otherwise. */
export const PROFILE_PERTURBATIONS: readonly Perturbation[] = [
  "zone",
  "locale",
  "hostname",
  "environmentOrder",
  "cpuCount",
  "cpuFeatures",
  "threadTiming",
  "network",
];

/** Where the host's socket appears inside of a container. */
export const CONTAINER_SOCKET_DIRECTORY = "/delchain";

type SeccompRule = {
  readonly names: readonly string[];
  readonly action: "SCMP_ACT_ALLOW";
  readonly args?: readonly [
    { readonly index: 0; readonly value: number; readonly op: "SCMP_CMP_EQ" },
  ];
};

/**
 * Only AF_UNIX sockets, no ptrace, no namespaces (clone without any CLONE_NEW* flag); clone3 answers ENOSYS, or glibc
 * and Java would not fall back.
 */
const SECCOMP = JSON.parse(readFileSync(new URL("./seccomp.json", import.meta.url), "utf8")) as {
  readonly syscalls: readonly unknown[];
};

/** For replicas with perturbed network: sockets of AF_INET, with a loopback interface and no other. */
const INTERNET_SOCKETS: SeccompRule = {
  names: ["socket"],
  action: "SCMP_ACT_ALLOW",
  args: [{ index: 0, value: 2, op: "SCMP_CMP_EQ" }],
};

/** What detinit works with, and what its own filter then refuses to the contract. */
const SUPERVISION: readonly SeccompRule[] = [
  {
    names: [
      "pidfd_getfd",
      "pidfd_open",
      "process_vm_readv",
      "process_vm_writev",
      "ptrace",
      "seccomp",
    ],
    action: "SCMP_ACT_ALLOW",
  },
  {
    names: ["personality"],
    action: "SCMP_ACT_ALLOW",
    // ADDR_NO_RANDOMIZE
    args: [{ index: 0, value: 0x0040000, op: "SCMP_CMP_EQ" }],
  },
];

/** `nobody`: owns nothing in any image. */
const USER = "65534:65534";
const CPU_PERIOD_US = 100_000;
/** What a replica with perturbed timing gets of that period. */
const CPU_QUOTA_SLOW_US = 10_000;
const CPU_FEATURES_MASKED = "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F";
/** The engine's usual name for gVisor, and what its kernel takes for itself. */
export const GVISOR = "runsc";
const GVISOR_MEMORY_BYTES: number = 64 * 1024 * 1024;
const GVISOR_THREADS = 256;
const OPEN_FILES_MAX = 256;
/** Of `/tmp`: an inode costs the kernel about a kilobyte that the size limit does not count. */
const TMP_INODES_MAX = 1_024;

const LABELS: Readonly<Record<keyof ContainerLabels, string>> = {
  chain: "delchain.chain",
  contract: "delchain.contract",
  version: "delchain.version",
  replica: "delchain.replica",
};

// What the kernel tells about the machine: load, devices, other processes, clocks.
const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/cpuinfo",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/loadavg",
  "/proc/meminfo",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/stat",
  "/proc/timer_list",
  "/proc/uptime",
  "/proc/version",
  "/proc/vmstat",
  "/sys",
];
const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/**
 * The whole create request of a contract's container: no network, no capability, nothing writable but a bounded
 * `/tmp`, our own system call list, and the same promised environment on every host. The image's own user, entry
 * point, folder and stop signal count for nothing, nor do its variables of promised names; an engine adds the others,
 * which are the same on every host as they are part of the image. `runtime` is one that the engine knows by name; else its default.
 */
export function createRequest(
  spec: ContainerSpec,
  socketDirectory: string,
  runtime?: string,
): ContainerCreateOptions {
  return {
    Image: spec.image,
    Entrypoint: isStrict(spec)
      ? [...supervised(spec.entrypoint, CONTAINER_SOCKET_DIRECTORY, spec.perturbations)]
      : [...spec.entrypoint],
    Cmd: [],
    Env: environment(spec),
    Hostname: spec.perturbations?.includes("hostname") ? "perturbed" : "contract",
    Domainname: "",
    User: USER,
    WorkingDir: "/",
    Labels: labelsOf(spec.labels),
    Healthcheck: { Test: ["NONE"] },
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: false,
    Tty: false,
    NetworkDisabled: true,
    StopSignal: "SIGKILL",
    StopTimeout: 0,
    HostConfig: {
      ...hostConfig(spec, socketDirectory),
      ...(runtime === undefined ? {} : runtimeConfig(spec, runtime)),
    },
  };
}

function environment(spec: ContainerSpec): string[] {
  const channel = `unix:${CONTAINER_SOCKET_DIRECTORY}/host.sock`;
  const variables = [...promisedEnvironment(spec, channel)];
  // glibc's sin, exp, pow and others give other bits where the CPU has FMA: nobody gets those variants.
  const isMasked = !spec.perturbations?.includes("cpuFeatures");
  if (isMasked) variables.push(["GLIBC_TUNABLES", CPU_FEATURES_MASKED]);
  return variables.map(([name, value]) => `${name}=${value}`);
}

function hostConfig(
  spec: ContainerSpec,
  socketDirectory: string,
): NonNullable<ContainerCreateOptions["HostConfig"]> {
  const { resources, cpuset, perturbations = [] } = spec;
  const { cpu, memoryBytes, pids, tmpBytes } = resources;
  const isSlow = perturbations.includes("threadTiming");
  const cpus = perturbations.includes("cpuCount") ? otherCpus(cpuset) : cpuset;
  return {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges", `seccomp=${seccompProfile(spec)}`],
    Memory: memoryBytes,
    // Equal to `Memory`: no swap, so the limit is the limit.
    MemorySwap: memoryBytes,
    MemorySwappiness: 0,
    OomKillDisable: false,
    // detinit is one more, and the contract has as many as without it.
    PidsLimit: isStrict(spec) ? pids + 1 : pids,
    CpuPeriod: CPU_PERIOD_US,
    CpuQuota: isSlow ? CPU_QUOTA_SLOW_US : cpu * CPU_PERIOD_US,
    ...(cpus === undefined ? {} : { CpusetCpus: cpus }),
    IpcMode: "none",
    // Our create request has it; the types of API 1.41 do not.
    ...({ CgroupnsMode: "private" } as object),
    Init: false,
    AutoRemove: false,
    RestartPolicy: { Name: "no" },
    // A driver that keeps output on disk took 413 MB in 3 seconds; whoever is attached gets the output anyhow.
    LogConfig: { Type: "none", Config: {} },
    Tmpfs: {
      "/tmp": `rw,noexec,nosuid,nodev,size=${tmpBytes},nr_inodes=${TMP_INODES_MAX},mode=1777`,
    },
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: OPEN_FILES_MAX, Hard: OPEN_FILES_MAX },
      { Name: "fsize", Soft: tmpBytes, Hard: tmpBytes },
    ],
    Binds: [`${socketDirectory}:${CONTAINER_SOCKET_DIRECTORY}:ro`],
    MaskedPaths: MASKED_PATHS,
    ReadonlyPaths: READONLY_PATHS,
  };
}

/** gVisor's own kernel is a process beside the contract's, and within the container's limits. */
function runtimeConfig(
  { resources }: ContainerSpec,
  runtime: string,
): NonNullable<ContainerCreateOptions["HostConfig"]> {
  if (runtime !== GVISOR) return { Runtime: runtime };
  const memory = resources.memoryBytes + GVISOR_MEMORY_BYTES;
  return {
    Runtime: runtime,
    Memory: memory,
    MemorySwap: memory,
    PidsLimit: resources.pids + GVISOR_THREADS,
  };
}

function isStrict({ determinism }: { readonly determinism?: Determinism }): boolean {
  return determinism === "strict";
}

function seccompProfile(spec: ContainerSpec): string {
  const added: SeccompRule[] = [];
  if (isStrict(spec)) added.push(...SUPERVISION);
  if (spec.perturbations?.includes("network")) added.push(INTERNET_SOCKETS);
  return JSON.stringify({ ...SECCOMP, syscalls: [...SECCOMP.syscalls, ...added] });
}

/** One that sees all CPUs sees one, and one that sees one sees all. */
function otherCpus(cpuset: string | undefined): string | undefined {
  return cpuset === undefined ? "0" : undefined;
}

/** As the engine keeps them. */
export function labelsOf(labels: Partial<ContainerLabels>): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [field, label] of Object.entries(LABELS)) {
    const value = labels[field as keyof ContainerLabels];
    if (value !== undefined) named[label] = value;
  }
  return named;
}

/** Back from the engine's; `undefined` for a container that is not ours. */
export function labelsFrom(named: Readonly<Record<string, string>>): ContainerLabels | undefined {
  const { chain, contract, version, replica } = LABELS;
  const labels = [named[chain], named[contract], named[version], named[replica]];
  if (labels.includes(undefined)) return undefined;
  const [chainValue, contractValue, versionValue, replicaValue] = labels as string[];
  return {
    chain: chainValue as string,
    contract: contractValue as string,
    version: versionValue as string,
    replica: replicaValue as string,
  };
}
