import { INK_PER_GAS } from "../../../runtime/host/meter.ts";
import { timeCpuMs } from "../cpuTime.ts";
import { instrumentKernel, KERNELS, KernelInstance, readKernel } from "../kernels/kernels.ts";

const REPEATS = 15;

/** Nanoseconds a gas of each C kernel, instrumented, in this process. */
export function measureKernels(): Readonly<Record<string, number>> {
  const measured: Record<string, number> = {};
  for (const { name, argument } of KERNELS) {
    const kernel = new KernelInstance(instrumentKernel(readKernel(name)));
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < REPEATS; i++) {
      kernel.refill();
      least = Math.min(
        least,
        timeCpuMs(() => kernel.run(argument)),
      );
    }
    measured[name] = (least * 1e6) / (kernel.inkUsed / INK_PER_GAS);
  }
  return measured;
}
