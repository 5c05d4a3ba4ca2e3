/**
 * How long the processor works on something: the least of a few runs. Unlike the time on the clock it hardly grows when
 * the machine is busy with something else.
 */
export function cpuMilliseconds(work: () => unknown): number {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}
