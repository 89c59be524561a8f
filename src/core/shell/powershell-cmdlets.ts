import { emit, inside } from './command.js';
import { resolvePath } from './paths.js';
import type { PsCall } from './powershell-call.js';
import type { PsRun } from './powershell-run.js';
import { NOTHING, UNKNOWN_VALUE, valueOf } from './powershell-values.js';
import type { PsValue } from './powershell-values.js';
import { HOLE, isKnown, wordOf } from './program.js';
import type { Frame } from './walk.js';
import { sentence } from '../say.js';

/** What a cmdlet does beyond its own effect; undefined: it is a call like any other. */
type Cmdlet = (run: PsRun, call: PsCall) => PsValue | undefined;

/** Cmdlets that run what they are given, change what is known, or pass on what they find. */
export const CMDLETS: ReadonlyMap<string, Cmdlet> = new Map<string, Cmdlet>([
  ['invoke-expression', invokeExpression],
  ['foreach-object', forEachObject],
  ['where-object', passOn],
  ['sort-object', passOn],
  ['select-object', passOn],
  ['tee-object', passOn],
  ['get-childitem', find],
  ['get-item', find],
  ['resolve-path', find],
  ['convert-path', find],
  ['remove-item', fed],
  ['clear-content', fed],
  ['move-item', fed],
  ['set-content', write],
  ['add-content', write],
  ['out-file', write],
  ['get-content', read],
  ['write-output', (run, call) => (run.emit(call), valueOf(...call.operands.flatMap(({ texts }) => texts)))],
  ['get-location', (run, call) => (run.emit(call), valueOf(run.scope.cwd))],
  ['join-path', joinPath],
  ['set-location', changeDirectory],
  ['push-location', changeDirectory],
  ['set-variable', setVariable],
  ['new-variable', setVariable],
  ['set-alias', setAlias],
  ['new-alias', setAlias],
  ['start-process', startProcess],
  ['invoke-command', invokeCommand],
  ['invoke-restmethod', request],
  ['invoke-webrequest', request],
  ['invoke-sqlcmd', query],
  ['invoke-cimmethod', createProcess],
  ['invoke-wmimethod', createProcess],
]);

function first(call: PsCall, parameter: string): PsValue | undefined {
  return call.parameters.get(parameter) ?? call.operands[0];
}

function invokeExpression(run: PsRun, call: PsCall): PsValue {
  const given = call.parameters.get('command') ?? (call.operands.length > 0 ? valueOf(call.operands.flatMap(({ texts }) => texts).join(' ')) : call.input);
  return run.text((given ?? UNKNOWN_VALUE).texts.join('\n'), inside(run.shellCall(call), ['Invoke-Expression']));
}

function forEachObject(run: PsRun, call: PsCall): PsValue {
  const input = call.input ?? UNKNOWN_VALUE;
  const texts = input.texts.length === 0 ? [HOLE] : input.texts.slice(0, 16);
  const outputs: string[] = [];
  for (const text of texts) {
    run.maybe(() => {
      run.variables.set('_', valueOf(text));
      run.variables.set('psitem', valueOf(text));
      for (const block of call.blocks) outputs.push(...run.block(block, { ...call.frame, fed: true }).texts);
      return NOTHING;
    });
  }
  // `… | % Delete` calls a method of each.
  const method = call.parameters.get('membername') ?? (call.blocks.length === 0 ? call.operands[0] : undefined);
  if (method && /^(delete|remove)$/i.test(method.texts.join(''))) run.run({ ...call, program: 'remove-item', operands: [], parameters: new Map(), words: [] });
  else if (method && /^kill$/i.test(method.texts.join(''))) run.run({ ...call, program: 'stop-process', operands: [], parameters: new Map(), words: [] });
  return valueOf(...outputs);
}

function passOn(run: PsRun, call: PsCall): PsValue {
  run.variables.set('_', call.input ?? UNKNOWN_VALUE);
  for (const block of call.blocks) run.block(block, call.frame);
  run.emit(call);
  return call.input ?? UNKNOWN_VALUE;
}

/** What a search finds: the paths themselves, or everything in them that a filter lets through. */
function find(run: PsRun, call: PsCall): PsValue {
  for (const block of call.blocks) run.block(block, call.frame);
  run.emit(call);
  const paths = (call.parameters.get('path') ?? call.parameters.get('literalpath') ?? call.operands[0] ?? call.input ?? valueOf('.')).texts;
  if (call.program !== 'get-childitem') return valueOf(...paths);
  const [filter] = (call.parameters.get('filter') ?? call.parameters.get('include') ?? (call.parameters.has('path') ? undefined : call.operands[1]))?.texts ?? [];
  const recursive = call.parameters.has('recurse');
  const texts = paths.map((path) => (/[*?]/.test(path) ? path : `${path.replace(/[\\/]$/, '')}/${filter ?? HOLE}`));
  return { ...valueOf(...texts), recursive };
}

/** What comes through the pipe is what these act on. */
function fed(run: PsRun, call: PsCall): PsValue {
  const { input } = call;
  if (!input || call.parameters.has('path') || call.parameters.has('literalpath') || call.operands.length > 0) {
    run.emit(call);
    return NOTHING;
  }
  const words = [...call.words, ...(input.recursive === true && !call.parameters.has('recurse') ? [wordOf('-recurse', call.span)] : []), ...(input.texts.length === 0 ? [HOLE] : input.texts).map((text) => ({ ...wordOf(text, call.span), glob: /[*?]/.test(text) }))];
  run.emit({ ...call, words });
  return NOTHING;
}

/** A file that is written over, or added to, as a redirection would. */
function write(run: PsRun, call: PsCall): PsValue {
  const path = call.parameters.get('path') ?? call.parameters.get('literalpath') ?? call.parameters.get('filepath') ?? call.operands[0] ?? UNKNOWN_VALUE;
  const value = call.parameters.get('value') ?? call.operands[call.parameters.has('path') || call.parameters.has('literalpath') ? 0 : 1] ?? call.input ?? UNKNOWN_VALUE;
  const adds = call.program === 'add-content' || call.parameters.has('append');
  const redirects = path.texts.map((text) => ({ operator: adds ? '>>' : '>', descriptor: undefined, target: wordOf(text.replaceAll('\\', '/'), call.span) }));
  run.emit(call.parameters.has('whatif') ? call : { ...call, redirects });
  run.walk.write(redirects, `${value.texts.join('\n')}\n`, run.scope);
  return NOTHING;
}

function read(run: PsRun, call: PsCall): PsValue {
  run.emit(call);
  const path = first(call, 'path')?.texts.join('') ?? HOLE;
  const written = isKnown(path) ? run.walk.files.get(run.walk.pathOf(path.replaceAll('\\', '/'), run.scope)) : undefined;
  return written === undefined ? UNKNOWN_VALUE : valueOf(written);
}

function joinPath(run: PsRun, call: PsCall): PsValue {
  run.emit(call);
  const parts = [...(call.parameters.get('path')?.texts ?? []), ...(call.parameters.get('childpath')?.texts ?? []), ...call.operands.flatMap(({ texts }) => texts)];
  return valueOf(parts.join('/'));
}

function changeDirectory(run: PsRun, call: PsCall): PsValue {
  run.emit(call);
  const path = (call.parameters.get('literalpath') ?? first(call, 'path'))?.texts.join('').replaceAll('\\', '/') ?? run.scope.home;
  const rooted = path.replace(/^([A-Za-z]):(?=\/|$)/, (_all, drive: string) => `/${drive.toLowerCase()}`);
  run.scope.cwd = isKnown(path) && path !== '-' ? resolvePath(run.scope.cwd, rooted) : HOLE;
  return NOTHING;
}

function setVariable(run: PsRun, call: PsCall): PsValue {
  run.emit(call);
  const named = call.parameters.get('name');
  const name = (named ?? call.operands[0])?.texts.join('').toLowerCase();
  if (name !== undefined) run.set(name, call.parameters.get('value') ?? call.operands[named ? 0 : 1] ?? UNKNOWN_VALUE);
  return NOTHING;
}

function setAlias(run: PsRun, call: PsCall): PsValue {
  run.emit(call);
  const named = call.parameters.get('name');
  const name = (named ?? call.operands[0])?.texts.join('').toLowerCase();
  const value = (call.parameters.get('value') ?? call.operands[named ? 0 : 1])?.texts.join('');
  if (name !== undefined) run.aliases.set(name, value ?? HOLE);
  return NOTHING;
}

/** `Start-Process git -ArgumentList 'push','--force'` is a call of git. */
function startProcess(run: PsRun, call: PsCall): PsValue {
  const file = call.parameters.get('filepath') ?? call.operands[0] ?? UNKNOWN_VALUE;
  const given = call.parameters.get('argumentlist') ?? valueOf(...call.operands.slice(call.parameters.has('filepath') ? 0 : 1).flatMap(({ texts }) => texts));
  const [program = HOLE, ...rest] = file.texts;
  const texts = [...rest, ...given.texts].flatMap((text) => splitArguments(text));
  const frame: Frame = { ...inside(run.shellCall(call), ['Start-Process']) };
  const words = texts.map((text) => wordOf(text, call.span));
  run.run({ ...call, program: program.toLowerCase().replace(/\.(exe|cmd|bat)$/, ''), name: wordOf(program, call.span), operands: words.map(({ text }) => valueOf(text)), parameters: new Map(), words, blocks: [], frame, input: undefined });
  return UNKNOWN_VALUE;
}

/** A command line in one text, cut at blanks outside double quotes. */
function splitArguments(text: string): readonly string[] {
  return /\s/.test(text) ? [...text.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', '')) : [text];
}

function invokeCommand(run: PsRun, call: PsCall): PsValue {
  const hosts = call.parameters.get('computername') ?? call.parameters.get('hostname') ?? (call.parameters.has('session') ? UNKNOWN_VALUE : undefined);
  const place = hosts ? { kind: 'host' as const, name: hosts.texts.join(',') } : call.frame.place;
  const frame: Frame = { ...call.frame, place, via: [...call.frame.via, hosts ? `Invoke-Command ${hosts.texts.join(',')}` : 'Invoke-Command'] };
  if (call.parameters.has('filepath')) run.walk.note(sentence('A PowerShell script is not read.'), call.span, call.frame);
  const args = call.parameters.get('argumentlist')?.texts.map((text) => valueOf(text)) ?? [];
  const around = run.scope;
  if (hosts) run.scope = around.process(new Map(), [], true);
  for (const block of call.blocks) run.block(block, frame, args);
  run.scope = around;
  if (call.blocks.length === 0) emit(run.walk, run.shellCall(call), 'invoke-command');
  return UNKNOWN_VALUE;
}

/** A web request is what curl would do. */
function request(run: PsRun, call: PsCall): PsValue {
  const method = call.parameters.get('method')?.texts.join('').toUpperCase();
  const url = (call.parameters.get('uri') ?? call.operands[0])?.texts ?? [HOLE];
  run.emit(call);
  if (method !== undefined && !/^(GET|HEAD|OPTIONS|DEFAULT)$/.test(method)) as(run, call, 'curl', ['-X', method, ...url]);
  return UNKNOWN_VALUE;
}

function query(run: PsRun, call: PsCall): PsValue {
  const text = (call.parameters.get('query') ?? call.operands[0])?.texts.join(' ');
  const file = call.parameters.get('inputfile')?.texts.join('');
  const server = call.parameters.get('serverinstance')?.texts ?? [];
  as(run, call, 'sqlcmd', [...server.flatMap((name) => ['-S', name]), ...(text === undefined ? [] : ['-Q', text]), ...(file === undefined ? [] : ['-i', file])]);
  return UNKNOWN_VALUE;
}

/** Emits the program that does the same, for its own rules. */
function as(run: PsRun, call: PsCall, program: string, texts: readonly string[]): void {
  const words = texts.map((text) => wordOf(text, call.span));
  run.emit({ ...call, program, name: wordOf(program, call.name.span), words, parameters: new Map(), operands: [], blocks: [], input: undefined });
}

/** `Invoke-WmiMethod … -Name Create -ArgumentList 'cmd …'` starts a program. */
function createProcess(run: PsRun, call: PsCall): PsValue | undefined {
  const line = call.parameters.get('argumentlist') ?? call.parameters.get('arguments');
  const text = line?.table?.get('commandline')?.texts.join(' ') ?? line?.texts.join(' ');
  if (text !== undefined) run.walk.text(text, run.scope, inside(run.shellCall(call), [call.program]), undefined, 'cmd');
  return undefined;
}
