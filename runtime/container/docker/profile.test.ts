import assert from "node:assert/strict";
import { test } from "node:test";
import { Unavailable } from "../../types/errors.ts";
import type { ContainerSpec } from "../driver.ts";
import { checkPerturbations, type Perturbation } from "../perturbation.ts";
import { RESOURCE_CLASSES } from "../resources.ts";
import { endOf } from "./dockerContainer.ts";
import { ask, find } from "./engine.ts";
import { createRequest, labelsFrom, labelsOf, PROFILE_PERTURBATIONS } from "./profile.ts";

const LABELS = { chain: "31337", contract: "0xc0", version: "0x01", replica: "0" };
const SPEC: ContainerSpec = {
  image: `sha256:${"00".repeat(32)}`,
  entrypoint: ["/contract", "argument"],
  isolation: "fork",
  resources: { ...RESOURCE_CLASSES.small, cpu: 2 },
  labels: LABELS,
  cpuset: "1",
};

test("the create request gives a contract its manifest's resources and nothing else", () => {
  const { HostConfig, ...request } = createRequest(SPEC, "/run/c-1");
  const { SecurityOpt, MaskedPaths, ReadonlyPaths, ...host } = HostConfig ?? {};
  assert.deepEqual(
    { Entrypoint: request.Entrypoint, Cmd: request.Cmd, User: request.User, Image: request.Image },
    {
      Entrypoint: ["/contract", "argument"],
      Cmd: [],
      User: "65534:65534",
      Image: `sha256:${"00".repeat(32)}`,
    },
  );
  assert.deepEqual(host, {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ["ALL"],
    Memory: 64 * 1024 * 1024,
    MemorySwap: 64 * 1024 * 1024,
    MemorySwappiness: 0,
    OomKillDisable: false,
    PidsLimit: 16,
    CpuPeriod: 100_000,
    CpuQuota: 200_000,
    CpusetCpus: "1",
    IpcMode: "none",
    CgroupnsMode: "private",
    Init: false,
    AutoRemove: false,
    RestartPolicy: { Name: "no" },
    LogConfig: { Type: "none", Config: {} },
    Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=4194304,nr_inodes=1024,mode=1777" },
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: 256, Hard: 256 },
      { Name: "fsize", Soft: 4_194_304, Hard: 4_194_304 },
    ],
    Binds: ["/run/c-1:/delchain:ro"],
  });
  assert.equal(SecurityOpt[0], "no-new-privileges");
  assert.ok(MaskedPaths?.includes("/proc/meminfo") && ReadonlyPaths?.includes("/proc/sys"));
});

test("a perturbed replica gets its other value for each perturbation, and everything else as promised", () => {
  const promised = createRequest(SPEC, "/run/c-1");
  const differences = (perturbation: Perturbation): string[] => {
    const request = createRequest({ ...SPEC, perturbations: [perturbation] }, "/run/c-1");
    const [before, now] = [promised, request].map((each) => ({ ...each, ...each.HostConfig }));
    return Object.keys(promised.HostConfig ?? {})
      .concat(Object.keys(promised))
      .filter((key) => key !== "HostConfig")
      .filter((key) => {
        const [was, is] = [before, now].map((each) => (each as Record<string, unknown>)[key]);
        return JSON.stringify(was) !== JSON.stringify(is);
      });
  };
  assert.deepEqual(
    PROFILE_PERTURBATIONS.map((perturbation) => [perturbation, differences(perturbation)]),
    [
      ["zone", ["Env"]],
      ["locale", ["Env"]],
      ["hostname", ["Hostname"]],
      ["environmentOrder", ["Env"]],
      ["cpuCount", ["CpusetCpus"]],
      ["cpuFeatures", ["Env"]],
      ["threadTiming", ["CpuQuota"]],
      ["network", ["SecurityOpt"]],
    ],
  );
});

test("a strict container is supervised, with a process more and what the supervisor works with", () => {
  const { Entrypoint, HostConfig } = createRequest(
    { ...SPEC, determinism: "strict", perturbations: ["pid", "network"] },
    "/run/c-1",
  );
  assert.deepEqual(Entrypoint, [
    "/delchain/detinit",
    "/delchain/call",
    "pid,network,",
    "/contract",
    "argument",
  ]);
  assert.equal(HostConfig?.PidsLimit, 17);
  const { syscalls } = JSON.parse(String(HostConfig?.SecurityOpt[1]).slice("seccomp=".length)) as {
    syscalls: { names: string[]; args?: { value: number }[] }[];
  };
  assert.deepEqual(
    syscalls.slice(-3).map(({ names, args }) => [names.length, args?.[0]?.value]),
    [
      [6, undefined],
      [1, 0x0040000],
      [1, 2],
    ],
  );
});

test("gVisor gets room for its own kernel, other runtimes their name alone", () => {
  const limits = (runtime?: string) => {
    const { HostConfig = {} } = createRequest(SPEC, "/run/c-1", runtime);
    return [HostConfig.Runtime, HostConfig.PidsLimit, HostConfig.Memory];
  };
  const mebibyte = 1024 * 1024;
  assert.deepEqual(limits(), [undefined, 16, 64 * mebibyte]);
  assert.deepEqual(limits("kata"), ["kata", 16, 64 * mebibyte]);
  assert.deepEqual(limits("runsc"), ["runsc", 272, 128 * mebibyte]);
});

test("a perturbation that a driver does not have is refused with those it has", () => {
  assert.throws(
    () => checkPerturbations("wasmer", ["zone", "locale"], ["zone", "network"]),
    /^Unavailable: it cannot perturb network; it perturbs: zone, locale$/,
  );
  assert.throws(() => checkPerturbations("wasmer", [], ["pid"]), /it perturbs: none$/);
});

test("the system call list lets nobody trace, enter namespaces or open other sockets", () => {
  const { HostConfig } = createRequest(SPEC, "/run/c-1");
  const option = String(HostConfig?.SecurityOpt[1]);
  const { defaultAction, syscalls } = JSON.parse(option.slice("seccomp=".length)) as {
    defaultAction: string;
    syscalls: { names: string[]; action: string; errnoRet?: number; args?: unknown[] }[];
  };
  assert.equal(defaultAction, "SCMP_ACT_ERRNO");
  const allowed = syscalls.filter(({ action }) => action === "SCMP_ACT_ALLOW");
  const names = allowed.flatMap((rule) => rule.names);
  for (const name of ["ptrace", "unshare", "setns", "mount", "bpf", "io_uring_setup", "seccomp"]) {
    assert.ok(!names.includes(name), name);
  }
  assert.deepEqual(
    allowed.filter((rule) => rule.names.includes("socket")),
    [
      {
        names: ["socket"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }],
      },
    ],
  );
  // Threads and processes, and none of the CLONE_NEW* flags.
  assert.deepEqual(allowed.find((rule) => rule.names.includes("clone"))?.args, [
    { index: 0, value: 0x7e020000, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" },
  ]);
  // ENOSYS, or glibc and the JVM would not fall back to clone.
  const clone3 = syscalls.find((rule) => rule.names.includes("clone3"));
  assert.deepEqual([clone3?.action, clone3?.errnoRet], ["SCMP_ACT_ERRNO", 38]);
});

test("labels go to the engine and come back; a container without them is not ours", () => {
  assert.deepEqual(labelsFrom(labelsOf(LABELS)), LABELS);
  assert.deepEqual(labelsOf({ chain: "1" }), { "delchain.chain": "1" });
  assert.equal(labelsFrom({ "delchain.chain": "1" }), undefined);
});

test("how a container ended says whose doing it was", () => {
  const code = (ExitCode: number, OOMKilled = false): string => {
    const end = endOf({ ExitCode, OOMKilled });
    return end.by === "limit" ? end.code : end.by;
  };
  assert.deepEqual(
    [
      code(137, true),
      code(137),
      code(153),
      code(139),
      code(134, true),
      code(0),
      code(3),
      code(255),
    ],
    ["memory", "engine", "fileSize", "signal", "signal", "exit", "exit", "exit"],
  );
});

test("an engine that does not answer, refuses or lacks what was asked is told apart", async () => {
  const never = new Promise<never>(() => undefined);
  await assert.rejects(ask("listing", never, 10), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.match(error.message, /^listing: no answer in 10 ms.*Try: docker version$/);
    return true;
  });
  const refusal = (statusCode: number): Promise<never> =>
    Promise.reject(Object.assign(new Error("said the engine"), { statusCode }));
  await assert.rejects(ask("creating", refusal(500)), /^Unavailable: creating: said the engine$/);
  assert.equal(await find("looking", refusal(404)), undefined);
  await assert.rejects(find("looking", refusal(500)), Unavailable);
});
