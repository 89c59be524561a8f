/** As much of a JSON schema as says what may be written where. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** What names that are not in `properties` hold; `false` where there can be none. */
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly const?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The names and places in lists that lead from the top of a document to something in it. */
export type PolicyPath = readonly (string | number)[];

/** What may stand at a path: several where the schema leaves a choice, none where nothing may. */
export function schemasAt(schema: JsonSchema, path: PolicyPath): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>((found, step) => found.flatMap(choices).flatMap((one) => below(one, step)), [schema]);
}

/** The forms that something can have, without the choice around them. */
export function choices(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(choices) : [schema];
}

/** The values that something is limited to, as they are written; empty where there is no such limit. */
export function valuesOf(schema: JsonSchema): readonly string[] {
  return [...new Set(choices(schema).flatMap((one) => {
    if (one.enum) return one.enum;
    if (one.const !== undefined) return [String(one.const)];
    return one.type === 'boolean' ? ['true', 'false'] : [];
  }))];
}

function below({ properties = {}, additionalProperties, items }: JsonSchema, step: string | number): readonly JsonSchema[] {
  if (typeof step === 'number') return items ? [items] : [];
  const named = Object.hasOwn(properties, step) ? properties[step] : additionalProperties;
  return typeof named === 'object' ? [named] : [];
}
