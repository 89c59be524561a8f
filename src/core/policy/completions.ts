import { parse } from 'yaml';
import { DEFAULT_ENVIRONMENTS } from '../targets/environments.js';
import { lineRest, lineStart, placeAt, type Place, type PolicyNames, type Span } from './policy-place.js';
import { choices, schemasAt, valuesOf, type JsonSchema, type PolicyPath } from './schema-tree.js';

/** Something that may stand at a position of a policy. */
export interface Suggestion {
  readonly kind: 'key' | 'value' | 'name';
  readonly label: string;
  readonly description: string | undefined;
  /** The values that a key is limited to. */
  readonly values: readonly string[];
  /** What is to be typed to find it: as the label, and with the quotation mark that stands there. */
  readonly filter: string;
  /** What takes the place of the span, its line breaks and indentation as they are to be. */
  readonly insert: string;
  /** Whether something can be suggested again behind it. */
  readonly more: boolean;
}

/** What may stand at a position, in the order of the schema, and what it would replace. */
export interface Suggestions extends Span {
  readonly items: readonly Suggestion[];
}

interface Asked {
  readonly text: string;
  readonly schema: JsonSchema;
  readonly place: Place;
  readonly names: PolicyNames;
}

/** What may be written at an offset of a policy that is only half written; undefined where nothing is known. */
export function suggestionsAt(text: string, offset: number, schema: JsonSchema): Suggestions | undefined {
  const found = placeAt(text, offset);
  if (!found) return undefined;
  const { names, ...place } = found;
  const asked = { text, schema, place, names };
  const keys = mayBeKey(asked) ? keysFor(asked) : [];
  const items = keys.length > 0 ? keys : place.role === 'value' || place.open ? valuesFor(asked) : [];
  return items.length > 0 ? { from: place.from, to: place.to, items } : undefined;
}

/** A key needs a line of its own, or one behind dashes, or a place within braces. */
function mayBeKey({ text, place: { role, inFlow, from } }: Asked): boolean {
  return role === 'key' || (!inFlow && /^ *(?:- +)*$/.test(text.slice(lineStart(text, from), from)));
}

function keysFor(asked: Asked): readonly Suggestion[] {
  const { place, schema, names } = asked;
  const beside = place.role === 'key' ? place.beside : [];
  const all = schemasAt(schema, place.path).flatMap(choices);
  // Of several forms, only those that what stands here already can be.
  const fitting = all.filter(({ properties = {} }) => beside.every((key) => Object.hasOwn(properties, key)));
  const settings = (fitting.length > 0 ? fitting : all).flatMap(({ properties = {} }) => Object.entries(properties));
  const named = namedKeys(place.path, names).flatMap((name) => schemasAt(schema, [...place.path, name]).map((one) => [name, one] as const));
  return [...new Map([...named, ...settings])]
    .filter(([key]) => !beside.includes(key))
    .map(([key, one]) => {
      const { text, more } = behindKey(asked, [...place.path, key], one);
      return { kind: Object.hasOwn(DEFINED_KEYS, place.path.join('/')) ? 'name' : 'key', label: key, description: one.description, values: valuesOf(one), filter: place.quote + key, insert: written(key, place) + text, more };
    });
}

/** The keys that are names, by the setting that they stand below. */
const DEFINED_KEYS: Readonly<Record<string, (names: PolicyNames) => readonly string[]>> = {
  environments: () => DEFAULT_ENVIRONMENTS.map(({ name }) => name),
  recipients: ({ people }) => people,
};

function namedKeys(path: PolicyPath, names: PolicyNames): readonly string[] {
  const setting = path.join('/');
  return Object.hasOwn(DEFINED_KEYS, setting) ? (DEFINED_KEYS[setting]?.(names) ?? []) : [];
}

/** The colon and what comes before the value, with whether there is a choice then; nothing where a colon follows already. */
function behindKey({ text, place: { from, to, inFlow }, names }: Asked, path: PolicyPath, schema: JsonSchema): { readonly text: string; readonly more: boolean } {
  if (/^[ \t]*:/.test(lineRest(text, to))) return { text: '', more: false };
  const hasKeys = (one: JsonSchema) => choices(one).some(({ properties }) => properties !== undefined);
  const hasValues = (one: JsonSchema, at: PolicyPath) => valuesOf(one).length > 0 || namesFor(at, names).length > 0;
  const below = `:\n${' '.repeat(from - lineStart(text, from) + 2)}`;
  const { items } = schema;
  if (!inFlow && items) return { text: `${below}- `, more: hasKeys(items) || hasValues(items, [...path, 0]) };
  if (!inFlow && choices(schema).every(({ type }) => type === 'object')) return { text: below, more: hasKeys(schema) || namedKeys(path, names).length > 0 };
  return { text: ': ', more: hasValues(schema, path) };
}

function valuesFor({ schema, place, names, text }: Asked): readonly Suggestion[] {
  const suggestion = (kind: 'value' | 'name', label: string): Suggestion => ({ kind, label, description: undefined, values: [], filter: place.quote + label, insert: kind === 'value' ? label : written(label, place), more: false });
  const count = /^(?:10|[1-9])(?![0-9])/.exec(text.slice(place.from + place.quote.length, place.to))?.[0] ?? '1';
  const named = namesFor(place.path, names).map((name) => (kindOfName(place.path) === 'part' ? `${count} of ${name}` : name));
  return [
    ...schemasAt(schema, place.path).flatMap(valuesOf).map((value) => suggestion('value', value)),
    ...named.filter((name) => !place.beside.includes(name)).map((name) => suggestion('name', name)),
  ];
}

/** What a value names, if it names anything that this file defines. */
function kindOfName(path: PolicyPath): 'environment' | 'person' | 'signer' | 'part' | undefined {
  const [top] = path;
  const setting = path.at(-2);
  if ((top === 'exceptions' || top === 'protectedPaths') && path.at(-1) === 'environment') return 'environment';
  if (typeof path.at(-1) !== 'number') return undefined;
  if (top === 'groups') return 'person';
  if (top !== 'environments' && top !== 'rules') return undefined;
  return setting === 'approvers' ? 'signer' : setting === 'approvals' ? 'part' : undefined;
}

/** The names that a value may be one of. */
function namesFor(path: PolicyPath, { environments, groups, people }: PolicyNames): readonly string[] {
  switch (kindOfName(path)) {
    case undefined:
      return [];
    case 'environment':
      return [...new Set([...environments, ...DEFAULT_ENVIRONMENTS.map(({ name }) => name)])];
    case 'person':
      return people;
    case 'signer':
    case 'part':
      return [...new Set([...groups, ...people])];
  }
}

/** A name as YAML reads it back: in quotation marks where they stand already, or where it would mean something else. */
function written(name: string, { quote }: Place): string {
  if (quote === '' && /^[A-Za-z0-9][\w.@+/ -]*$/.test(name) && parse(name) === name) return name;
  return quote === "'" ? `'${name.replaceAll("'", "''")}'` : JSON.stringify(name);
}
