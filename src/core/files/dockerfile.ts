import { parseTree } from 'jsonc-parser';
import { quote } from '../shell/command.js';
import { HOLE } from '../shell/program.js';
import type { ShellName } from '../assess/assessment.js';
import type { Gather } from './gather.js';
import { linesOf, PassageBuilder } from './passage.js';
import type { Passage } from './passage.js';
import { jsonPassage } from './scalars.js';

/** One instruction: its name, and its text with continuations and comments taken out. */
interface Instruction {
  readonly name: string;
  readonly body: Passage;
  /** What stands between `<<EOF` and `EOF`. */
  readonly documents: readonly Passage[];
}

/**
 * A Dockerfile. What `RUN` does stays in the image, so only what leaves it counts, and what would ruin any machine;
 * what `CMD`, `ENTRYPOINT` and `HEALTHCHECK` start counts in full.
 */
export function readDockerfile(gather: Gather): void {
  const { text } = gather.file;
  const env = new Map<string, string>();
  let shell: ShellName = 'sh';
  for (const instruction of instructionsOf(text)) {
    let { name, body } = instruction;
    if (name === 'ONBUILD' || name === 'HEALTHCHECK') {
      const inner = /^(?:--\S+\s+)*([A-Za-z]+)\s+/.exec(body.text);
      if (!inner) continue;
      name = (inner[1] ?? '').toUpperCase();
      body = new PassageBuilder(text).append(body, inner[0].length).build();
    }
    if (name === 'ENV' || name === 'ARG') for (const [key, value] of assignments(body.text)) env.set(key, value);
    else if (name === 'SHELL') shell = /pwsh|powershell/i.test(body.text) ? 'powershell' : /cmd/i.test(body.text) ? 'cmd' : 'sh';
    else if (name === 'RUN' || name === 'CMD' || name === 'ENTRYPOINT') {
      const about = { shell, env, elsewhere: true, disposable: name === 'RUN', via: [name] };
      if (instruction.documents.length > 0 && /^(?:--\S+\s+)*<</.test(body.text)) for (const document of instruction.documents) gather.shell(document, about);
      else gather.shell(exec(text, body) ?? body, about);
    }
  }
}

/** `["psql", "-c", "…"]` as a command line; the options of RUN stand in front. */
function exec(source: string, body: Passage): Passage | undefined {
  const front = /^(?:--\S+\s+)*/.exec(body.text)?.[0].length ?? 0;
  const rest = body.text.slice(front);
  if (!rest.startsWith('[')) return front === 0 ? undefined : new PassageBuilder(source).append(body, front).build();
  const list = parseTree(rest);
  if (list?.type !== 'array' || !list.children?.every((item) => item.type === 'string')) return undefined;
  const builder = new PassageBuilder(source);
  for (const item of list.children) {
    const { start, end } = body.spanIn({ start: front + item.offset, end: front + item.offset + item.length });
    const value = String(item.value);
    if (builder.length > 0) builder.put(' ', start, end);
    if (/^[\w./:@%+=,-]+$/.test(value)) builder.append(jsonPassage(source, start, end - start));
    else builder.put(quote(value), start, end);
  }
  return builder.build();
}

function assignments(text: string): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [, key = '', double, single, plain] of text.matchAll(/(?<![^\s])([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|(\S*))/g)) found.push([key, double ?? single ?? plain ?? '']);
  const old = found.length === 0 ? /^([A-Za-z_]\w*)\s+(\S.*)$/.exec(text) : null;
  if (old) found.push([old[1] ?? '', old[2] ?? '']);
  return found.map(([key, value]) => [key, value.includes('$') ? HOLE : value]);
}

function instructionsOf(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  const lines = linesOf(text);
  const escape = /^#\s*escape\s*=\s*`/im.test(text.slice(0, 256)) ? '`' : '\\';
  for (let index = 0; index < lines.length; index += 1) {
    const first = lines[index];
    const head = first && /^\s*([A-Za-z]+)\s+(?=\S)/.exec(text.slice(first.start, Math.min(first.end, first.start + 256)));
    if (!first || !head) continue;
    const builder = new PassageBuilder(text);
    let start = first.start + head[0].length;
    let { end } = first;
    for (;;) {
      const trimmed = text.slice(start, end).trimEnd();
      if (!trimmed.endsWith(escape)) {
        builder.copy(start, start + trimmed.length);
        break;
      }
      builder.copy(start, start + trimmed.length - 1).put(' ', start + trimmed.length - 1, end);
      // Comments and empty lines inside a continued instruction belong to nobody.
      do index += 1;
      while (lines[index] && /^\s*(#|$)/.test(text.slice(lines[index]?.start, lines[index]?.end)));
      const next = lines[index];
      if (!next) break;
      ({ start, end } = next);
    }
    const body = builder.build();
    const documents: Passage[] = [];
    for (const [, dash, , tag = ''] of body.text.matchAll(/<<(-?)(["']?)([A-Za-z_]\w*)\2/g)) {
      const document = new PassageBuilder(text);
      for (index += 1; index < lines.length; index += 1) {
        const line = lines[index];
        if (!line) break;
        const content = text.slice(line.start, line.end);
        if ((dash ? content.trimStart() : content) === tag) break;
        document.copy(line.start, line.end).put('\n', line.end, line.end);
      }
      documents.push(document.build());
    }
    found.push({ name: (head[1] ?? '').toUpperCase(), body, documents });
  }
  return found;
}
