/** Unix seconds by this machine's clock. */
export function clock(): number {
  return Math.floor(Date.now() / 1000);
}
