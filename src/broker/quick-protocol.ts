import { isUtf8 } from 'node:buffer';
import path from 'node:path';

/**
 * The words between a guarded shell and its window on a loopback TCP connection, made so that a shell can speak them
 * without starting a program: records of fields, every field ended by NUL, for no command line and no variable can
 * hold one. Answers are lines.
 *
 * A client that keeps its connection sends each record in one piece: the system holds back the second small piece until
 * the first is acknowledged, which takes 40 ms on a connection that has answered before. A new connection does not wait.
 * A client closes the connection as soon as it stops waiting for an answer: one that came late would be taken for the
 * answer to its next question.
 */
export const QUICK_VERSION = 1;

/** No record is longer than this, in bytes. */
export const MAX_RECORD = 1024 * 1024;
/** How often a broker may ask for more definitions before a client has to ask the slow way. */
export const MAX_ROUNDS = 8;

const KINDS = ['line', 'shell', 'program'] as const;

/** A line typed at a prompt, the text of a shell that starts, or a program that a shim stands in for. */
export type QuickKind = (typeof KINDS)[number];

export interface QuickAsk {
  readonly kind: QuickKind;
  readonly shell: string;
  /** The process that asks. */
  readonly pid: number;
  /** Absolute. */
  readonly cwd: string;
  readonly text: string;
  /** Aliases and functions that the text mentions, as the shell prints them. */
  readonly definitions: string;
  /** What the shell prints for `export -p`; empty when it cannot say. */
  readonly environment: string;
}

/** A tool call that an assistant's hook reports. */
export interface QuickCall {
  /** The hook's process. */
  readonly pid: number;
  /** The hook's own directory, absolute; the call may name another one. */
  readonly cwd: string;
  /** What the assistant sent, as it came. */
  readonly payload: string;
  /** What bash prints for `export -p`. */
  readonly environment: string;
}

export type QuickRecord =
  | { readonly type: 'greeting'; readonly version: number; readonly token: string }
  | { readonly type: 'ask'; readonly ask: QuickAsk }
  | { readonly type: 'call'; readonly call: QuickCall }
  /** An ask or a call, or an answer to `define`, that is well framed and cannot be understood: the answer to it is `ask`. */
  | { readonly type: 'unclear' }
  | { readonly type: 'definitions'; readonly text: string }
  | { readonly type: 'prompt'; readonly pid: number }
  | { readonly type: 'hello'; readonly shell: string; readonly pid: number };

/** Fields of a record, its first one included. */
const FIELDS: Readonly<Record<string, number>> = { ask: 8, call: 5, definitions: 2, prompt: 2, hello: 3 };
const GREETING = /^countersign (\d{1,9}) ([0-9a-f]{64})$/;
/** The longest first field is the greeting. Bytes. */
const MAX_FIRST = 100;
const NUL = 0;

/** One record as it goes over the wire. The fields must not hold NUL. */
export function formatRecord(...fields: readonly string[]): string {
  return fields.map((field) => `${field}\0`).join('');
}

/** The first record of a connection. */
export function greeting(token: string): string {
  return formatRecord(`countersign ${QUICK_VERSION} ${token}`);
}

export function askRecord(ask: QuickAsk): string {
  return formatRecord('ask', ask.kind, ask.shell, String(ask.pid), ask.cwd, ask.text, ask.definitions, ask.environment);
}

export function callRecord({ pid, cwd, payload, environment }: QuickCall): string {
  return formatRecord('call', String(pid), cwd, payload, environment);
}

/** Puts records together from the pieces in which they arrive, in time linear in their length. Never throws. */
export class RecordReader {
  /** The stream is none of ours, or a record is too long: nothing after it can be trusted to begin where it seems to. */
  broken = false;
  private fields: Buffer[] = [];
  private pieces: Buffer[] = [];
  private size = 0;

  /** Whether a record has begun and not ended. */
  get isHalfway(): boolean {
    return this.size > 0;
  }

  /** The records that end in these bytes. */
  push(bytes: Buffer): readonly QuickRecord[] {
    const records: QuickRecord[] = [];
    for (let from = 0; from < bytes.length && !this.broken; ) {
      const end = bytes.indexOf(NUL, from);
      const piece = bytes.subarray(from, end < 0 ? bytes.length : end);
      from = end < 0 ? bytes.length : end + 1;
      this.size += piece.length + (end < 0 ? 0 : 1);
      if (this.size > (this.fields.length === 0 ? MAX_FIRST : MAX_RECORD)) this.broken = true;
      else if (end < 0) this.pieces.push(Buffer.from(piece));
      else {
        const record = this.endField(piece);
        if (record) records.push(record);
      }
    }
    return records;
  }

  private endField(last: Buffer): QuickRecord | undefined {
    this.fields.push(this.pieces.length === 0 ? Buffer.from(last) : Buffer.concat([...this.pieces, last]));
    this.pieces = [];
    const [first, ...rest] = this.fields;
    const name = first?.toString('latin1') ?? '';
    const match = GREETING.exec(name);
    const expected = match ? 1 : Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (expected === undefined) {
      this.broken = true;
      return undefined;
    }
    if (this.fields.length < expected) return undefined;
    this.fields = [];
    this.size = 0;
    const record = match ? ({ type: 'greeting', version: Number(match[1]), token: match[2] ?? '' } as const) : readRecord(name, rest);
    if (!record) this.broken = true;
    return record;
  }
}

/** Undefined for a record that nothing can be answered to. */
function readRecord(name: string, bytes: readonly Buffer[]): QuickRecord | undefined {
  const isText = bytes.every((field) => isUtf8(field));
  const fields = bytes.map((field) => field.toString('utf8'));
  const [first = '', second = ''] = fields;
  if (name === 'ask') return (isText && readAsk(fields)) || { type: 'unclear' };
  if (name === 'call') return (isText && readCall(fields)) || { type: 'unclear' };
  if (name === 'definitions') return isText ? { type: 'definitions', text: first } : { type: 'unclear' };
  const pid = readPid(name === 'hello' ? second : first);
  if (!isText || pid === undefined) return undefined;
  return name === 'hello' ? { type: 'hello', shell: first, pid } : { type: 'prompt', pid };
}

function readAsk([kind, shell = '', pid = '', cwd = '', text = '', definitions = '', environment = '']: readonly string[]): QuickRecord | undefined {
  const known = KINDS.find((candidate) => candidate === kind);
  const id = readPid(pid);
  if (known === undefined || id === undefined || shell === '' || !path.isAbsolute(cwd)) return undefined;
  return { type: 'ask', ask: { kind: known, shell, pid: id, cwd, text, definitions, environment } };
}

function readCall([pid = '', cwd = '', payload = '', environment = '']: readonly string[]): QuickRecord | undefined {
  const id = readPid(pid);
  return id === undefined || !path.isAbsolute(cwd) ? undefined : { type: 'call', call: { pid: id, cwd, payload, environment } };
}

function readPid(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
