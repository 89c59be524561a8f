import { inside } from './command.js';
import type { PsRun } from './powershell-run.js';
import type { PsMember, PsPart } from './powershell-syntax.js';
import { NOTHING, UNKNOWN_VALUE, valueOf } from './powershell-values.js';
import type { PsValue } from './powershell-values.js';
import { isKnown, wordOf } from './program.js';
import type { Frame } from './walk.js';
import type { Span } from '../assess/assessment.js';
import { sentence } from '../say.js';

/** Static methods that do what a cmdlet does. */
const STATIC: ReadonlyMap<string, string> = new Map(
  'io.file delete remove-item,io.directory delete remove-item,io.file writealltext set-content,io.file writealllines set-content,io.file writeallbytes set-content,io.file create set-content,io.file appendalltext add-content,io.file appendalllines add-content,io.file move move-item,io.directory move move-item,io.file copy copy-item,diagnostics.process start start-process,microsoft.visualbasic.fileio.filesystem deletefile remove-item,microsoft.visualbasic.fileio.filesystem deletedirectory remove-item'
    .split(',')
    .map((entry) => {
      const [type = '', method = '', cmdlet = ''] = entry.split(' ');
      return [`${type}::${method}`, cmdlet] as const;
    }),
);
const ONLY_COMPUTES = /^(string|char|int|int32|int64|long|double|decimal|bool|byte|math|convert|datetime|datetimeoffset|timespan|guid|uri|version|regex|array|enum|console|environment|text\.\w+|text\.regularexpressions\.\w+|io\.path|io\.file::(exists|read\w+|open\w+|get\w+)|io\.directory::(exists|get\w+|enumerate\w+|createdirectory)|collections\..*|net\.(dns|webutility|ipaddress|servicepointmanager)|runtime\..*|reflection\..*|management\.automation\..*|security\..*|xml.*|globalization\..*|bitconverter|random|object|pscustomobject|psobject|hashtable|ordered|void|type|gc|threading\..*|diagnostics\.stopwatch|web\..*|json.*|linq\..*)(::.*)?$/;

interface Where {
  readonly span: Span;
  readonly frame: Frame;
}

/** What one member behind a value means: a property, an index, or a method that may do what a cmdlet does. */
export function callMember(run: PsRun, part: PsPart, value: PsValue, member: PsMember, args: readonly PsValue[], where: Where): PsValue {
  const name = member.name?.toLowerCase();
  if (name === undefined) return indexed(value, args);
  if (part.kind === 'type' && part.chain[0] === member) return callStatic(run, part.name.replace(/^system\./, ''), name, member.called, args, where);
  if (!member.called) return /^(fullname|pspath|path|providerpath|target|tostring|value|line)$/.test(name) ? value : value.table?.get(name) ?? UNKNOWN_VALUE;
  if (/^(tostring|trim|gettype|trimend|trimstart)$/.test(name) && args.length === 0) return value;
  if (/^(invoke|invokescript|invokereturnasis|newscriptblock|addscript|addcommand)$/.test(name)) {
    if (value.block) return run.block(value.block, where.frame, args);
    if (name !== 'invoke') runText(run, args[0] ?? UNKNOWN_VALUE, where);
    return UNKNOWN_VALUE;
  }
  const known = value.texts.length > 0 && value.texts.some(isKnown);
  if (name === 'delete' && known) cmdlet(run, 'remove-item', isTrue(args[0]) ? ['-recurse'] : [], value.texts, where);
  else if (name === 'kill') cmdlet(run, 'stop-process', [], value.texts, where);
  // Whatever the object is: a rule knows methods by their verbs.
  else if (/^(delete|drop|destroy|purge|terminate|truncate|erase|format|wipe)\w*$/.test(name) || (name === 'create' && part.kind !== 'type')) {
    run.emit({ program: `object.${name}`, name: wordOf(`object.${name}`, where.span), operands: args, parameters: new Map(), words: args.flatMap(({ texts }) => texts.map((text) => wordOf(text, where.span))), blocks: [], redirects: [], span: where.span, frame: where.frame, input: undefined });
  }
  return UNKNOWN_VALUE;
}

function callStatic(run: PsRun, type: string, method: string, called: boolean, args: readonly PsValue[], where: Where): PsValue {
  if (!called) return UNKNOWN_VALUE;
  const found = STATIC.get(`${type}::${method}`);
  if (found === undefined) {
    if (type === 'scriptblock' && method === 'create') {
      runText(run, args[0] ?? UNKNOWN_VALUE, where);
      return NOTHING;
    }
    if (!ONLY_COMPUTES.test(type) && !ONLY_COMPUTES.test(`${type}::${method}`)) run.walk.note(sentence('A .NET call is not read.'), where.span, where.frame);
    return UNKNOWN_VALUE;
  }
  const [path = UNKNOWN_VALUE, second] = args;
  const recursive = method === 'deletedirectory' || (/directory$/.test(type) && method === 'delete' && second !== undefined && isTrue(second));
  if (found === 'start-process') cmdlet(run, found, [], args.flatMap(({ texts }) => texts), where);
  else cmdlet(run, found, recursive ? ['-recurse'] : [], /^(move|copy)/.test(found) ? args.flatMap(({ texts }) => texts) : path.texts, where);
  return UNKNOWN_VALUE;
}

/** Whether an argument is not certainly false. */
function isTrue(value: PsValue | undefined): boolean {
  return value !== undefined && !/^(\$false|0)$/i.test(value.texts.join(''));
}

function indexed(value: PsValue, args: readonly PsValue[]): PsValue {
  const at = args[0]?.texts.join('') ?? '';
  const entry = value.table?.get(at.toLowerCase());
  if (entry) return entry;
  if (!/^\d{1,4}$/.test(at) || value.texts.length < 2 || !value.texts.every(isKnown)) return UNKNOWN_VALUE;
  return valueOf(value.texts[Number(at)] ?? '');
}

function cmdlet(run: PsRun, program: string, options: readonly string[], operands: readonly string[], { span, frame }: Where): void {
  const words = [...options, ...operands].map((text) => wordOf(text, span));
  run.run({ program, name: wordOf(program, span), operands: operands.map((text) => valueOf(text)), parameters: new Map(options.map((option) => [option.slice(1), NOTHING])), words, blocks: [], redirects: [], span, frame, input: undefined });
}

function runText(run: PsRun, text: PsValue, { span, frame }: Where): void {
  run.text(text.texts.join('\n'), inside({ words: [], env: new Map(), redirects: [], stdin: undefined, span, scope: run.scope, frame }, ['a script block']));
}
