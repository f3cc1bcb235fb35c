import { readFileSync } from "node:fs";
import type { ContainerCreateOptions } from "dockerode";
import type { ContainerLabels, ContainerSpec } from "../driver.ts";

/** Where the host's socket appears inside of a container. */
export const CONTAINER_SOCKET_DIRECTORY = "/delchain";

/** Only AF_UNIX sockets, no ptrace, no namespaces; clone3 answers ENOSYS, or glibc and Java would not fall back. */
const SECCOMP_PROFILE: string = JSON.stringify(
  JSON.parse(readFileSync(new URL("./seccomp.json", import.meta.url), "utf8")),
);

/** `nobody`: owns nothing in any image. */
const USER = "65534:65534";
const CPU_PERIOD_US = 100_000;
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
 * `/tmp`, our own system call list, and the same promised environment on every host. The image's own user,
 * entry point and environment count for nothing.
 */
export function createRequest(
  spec: ContainerSpec,
  socketDirectory: string,
): ContainerCreateOptions {
  return {
    Image: spec.image,
    Entrypoint: [...spec.entrypoint],
    Cmd: [],
    Env: environment(spec),
    Hostname: "contract",
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
    HostConfig: hostConfig(spec, socketDirectory),
  };
}

function environment({ isolation }: ContainerSpec): string[] {
  return [
    `DELCHAIN_CHANNEL=unix:${CONTAINER_SOCKET_DIRECTORY}/host.sock`,
    `DELCHAIN_ISOLATION=${isolation}`,
    // glibc's sin, exp, pow and others give other bits where the CPU has FMA: nobody gets those variants.
    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F",
    "HOME=/tmp",
    "LANG=C",
    "LC_ALL=C",
    "PATH=/usr/bin:/bin",
    "TZ=UTC",
  ];
}

function hostConfig(
  { resources, cpuset }: ContainerSpec,
  socketDirectory: string,
): NonNullable<ContainerCreateOptions["HostConfig"]> {
  const { cpu, memoryBytes, pids, tmpBytes } = resources;
  return {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges", `seccomp=${SECCOMP_PROFILE}`],
    Memory: memoryBytes,
    // Equal to `Memory`: no swap, so the limit is the limit.
    MemorySwap: memoryBytes,
    MemorySwappiness: 0,
    OomKillDisable: false,
    PidsLimit: pids,
    CpuPeriod: CPU_PERIOD_US,
    CpuQuota: cpu * CPU_PERIOD_US,
    ...(cpuset === undefined ? {} : { CpusetCpus: cpuset }),
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
