import { keyAt, type Span } from './policy-place.js';
import { choices, schemasAt, valuesOf, type JsonSchema } from './schema-tree.js';

/** What is said about a setting of a policy. */
export interface SettingHelp extends Span {
  readonly description: string | undefined;
  /** The values that it is limited to. */
  readonly values: readonly string[];
  /** The least and the greatest number, where it is a number. */
  readonly numbers: readonly [least: number, greatest: number] | undefined;
}

/** What the schema says about the key at an offset; undefined where there is none, or nothing is said. */
export function settingAt(text: string, offset: number, schema: JsonSchema): SettingHelp | undefined {
  const key = keyAt(text, offset);
  if (!key) return undefined;
  const found = schemasAt(schema, key.path);
  const [one, ...others] = found.flatMap(choices);
  const { minimum, maximum } = others.length === 0 && one ? one : {};
  const help: SettingHelp = {
    from: key.from,
    to: key.to,
    description: found.find(({ description }) => description !== undefined)?.description,
    values: found.flatMap(valuesOf),
    numbers: minimum === undefined || maximum === undefined ? undefined : [minimum, maximum],
  };
  return help.description !== undefined || help.values.length > 0 || help.numbers ? help : undefined;
}
