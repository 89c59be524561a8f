/** What an assistant sent, as an object of whatever it holds. */
export type Payload = Readonly<Record<string, unknown>>;

/** No tool call is longer, in bytes. */
export const MAX_PAYLOAD = 4 * 1024 * 1024;

/** The object in a JSON text, or undefined where there is none. Never throws. */
export function parsePayload(json: string): Payload | undefined {
  // Cursor writes a byte order mark on Windows.
  const text = json.replace(/^\ufeff/, '');
  if (text.length > MAX_PAYLOAD) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): Payload | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : undefined;
}

/** A field of a payload's own; never one that every object has. */
export function fieldOf(payload: Payload | undefined, name: string): unknown {
  return payload && Object.hasOwn(payload, name) ? payload[name] : undefined;
}

/** The first of several fields that holds a text. */
export function textIn(payload: Payload | undefined, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fieldOf(payload, name);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** The objects of a list; undefined when the field is no list or holds something else. */
export function objectsIn(payload: Payload | undefined, name: string): readonly Payload[] | undefined {
  const value = fieldOf(payload, name);
  if (!Array.isArray(value)) return undefined;
  const objects = value.map(objectOf);
  return objects.every((object) => object !== undefined) ? objects : undefined;
}
