/** What the gate itself says, set apart from a command's own output by a bar at its side. */
export function tell(lines: readonly string[]): void {
  const bar = process.stderr.isTTY ? '\u001b[33m┃\u001b[0m ' : '';
  for (const line of lines) process.stderr.write(`${bar}${line}\n`);
}
