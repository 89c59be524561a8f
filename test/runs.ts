/**
 * How often a property is tried: a small number at every test run, so that it takes seconds, and a share of a million
 * inputs with COUNTERSIGN_PROPERTY_RUNS (`npm run test:properties`).
 */
export function runs(usual: number): number {
  const asked = Number(process.env['COUNTERSIGN_PROPERTY_RUNS']);
  return Number.isSafeInteger(asked) && asked > 0 ? asked : usual;
}

/** How long a test may take: without end where many inputs were asked for. Milliseconds; 0 is no limit. */
export function patience(usual: number): number {
  return process.env['COUNTERSIGN_PROPERTY_RUNS'] === undefined ? usual : 0;
}
