import { HOLE } from '../shell/program.js';
import { asArray, asNode, asText, lastName, textOf } from './sql-tree.js';

/**
 * The text that an expression makes, with a hole for every part that is only known when it runs; undefined when nothing is known.
 * Understands strings, `||`, `format`, `concat`, `quote_ident`, `quote_literal` and casts.
 */
export function foldText(expression: unknown, variables: ReadonlyMap<string, string | undefined> = new Map()): string | undefined {
  const text = fold(expression, variables);
  return text.replaceAll(HOLE, '').trim() === '' ? undefined : text;
}

function fold(expression: unknown, variables: ReadonlyMap<string, string | undefined>): string {
  const node = asNode(expression);
  const [tag, body] = node ? (Object.entries(node)[0] ?? ['', undefined]) : ['', undefined];
  const inner = asNode(body) ?? {};
  const sub = (part: unknown): string => fold(part, variables);
  if (tag === 'A_Const') {
    const text = asNode(inner['sval']);
    const number = asNode(inner['ival']);
    return text ? asText(text['sval']) : number ? asText(number['ival'] ?? 0) : HOLE;
  }
  if (tag === 'TypeCast') return sub(inner['arg']);
  if (tag === 'ColumnRef') return variables.get(textOf(asArray(inner['fields']).at(-1)).toLowerCase()) ?? HOLE;
  if (tag === 'A_Expr' && lastName(inner['name']) === '||') return sub(inner['lexpr']) + sub(inner['rexpr']);
  if (tag !== 'FuncCall') return HOLE;
  const args = asArray(inner['args']).map(sub);
  switch (lastName(inner['funcname']).toLowerCase()) {
    case 'format':
      return formatted(args);
    case 'concat':
      return args.join('');
    case 'concat_ws':
      return args.slice(1).join(args[0]);
    case 'quote_ident':
      return asName(args[0] ?? HOLE);
    case 'quote_literal':
    case 'quote_nullable':
      return `'${(args[0] ?? HOLE).replaceAll("'", "''")}'`;
    case 'lower':
    case 'upper':
    case 'btrim':
    case 'trim':
      return args[0] ?? HOLE;
    default:
      return HOLE;
  }
}

/** PostgreSQL's `format('%I %2$L %s', …)`. */
function formatted([pattern = HOLE, ...args]: readonly string[]): string {
  let next = 0;
  return pattern.replace(/%(?:(\d{1,3})\$)?(?:-?\d{0,4})([sIL%])/g, (_, position: string | undefined, type: string) => {
    if (type === '%') return '%';
    const index = position === undefined ? next : Number(position) - 1;
    next = index + 1;
    const value = args[index] ?? HOLE;
    return type === 'I' ? asName(value) : type === 'L' ? `'${value.replaceAll("'", "''")}'` : value;
  });
}

function asName(text: string): string {
  return text === HOLE || /^[a-z_][a-z0-9_]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
