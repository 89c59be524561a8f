/** Milliseconds that something takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

/** The value below which this share of the values lies. */
export function share(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
}

export function median(values: readonly number[]): number {
  return share(values, 0.5);
}
