import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suggestionsAt } from '../../../../src/core/policy/completions.js';
import { settingAt } from '../../../../src/core/policy/hover.js';
import { policyProblems } from '../../../../src/core/policy/policy.js';
import { choices, type JsonSchema } from '../../../../src/core/policy/schema-tree.js';
import written from '../../../../schemas/policy.schema.json';
import { patience, runs } from '../../../runs.js';

const SCHEMA: JsonSchema = written;
/** Where the cursor is. */
const CURSOR = '‸';

function cut(text: string): { readonly text: string; readonly offset: number } {
  const offset = text.indexOf(CURSOR);
  return { text: text.replace(CURSOR, ''), offset };
}

function labels(marked: string, schema = SCHEMA): readonly string[] {
  const { text, offset } = cut(marked);
  return suggestionsAt(text, offset, schema)?.items.map(({ label }) => label) ?? [];
}

/** The text after one of the suggestions was taken. */
function taken(marked: string, label: string): string {
  const { text, offset } = cut(marked);
  const found = suggestionsAt(text, offset, SCHEMA);
  const item = found?.items.find((one) => one.label === label);
  assert.ok(found && item, `“${label}” is not suggested`);
  return text.slice(0, found.from) + item.insert + text.slice(found.to);
}

const TOP = ['version', 'environments', 'people', 'groups', 'rules', 'exceptions', 'protectedPaths', 'breakGlass', 'recipients', 'runners', 'remote', 'environmentVariables', 'store', 'notify'];
const ENVIRONMENT = ['match', 'approvals', 'approvers', 'presence', 'expires', 'branches', 'agents', 'freeze'];
const EXCEPTION = ['environment', 'rules', 'command', 'task', 'reason', 'until'];
const without = (all: readonly string[], ...known: readonly string[]) => all.filter((one) => !known.includes(one));
const TEAM = 'people:\n  Ana: [ana@example.com]\n  Ben: [ben@example.com]\ngroups:\n  sre: [Ana]\n  data bases: [Ben]\n';

describe('what may be written in a policy', () => {
  const cases: readonly [what: string, marked: string, labels: readonly string[]][] = [
    ['every setting, in a file with nothing in it', '‸', TOP],
    ['every setting that is not there, above and below', 'version: 1\n‸\nremote: origin\n', without(TOP, 'version', 'remote')],
    ['settings while a word is typed', 'version: 1\nenv‸\nremote: origin\n', without(TOP, 'version', 'remote')],
    ['settings where the word is changed', 'version: 1\nenv‸iron: {}\n', without(TOP, 'version')],
    ['settings in a file with Windows line ends', 'version: 1\r\nenv‸\r\nremote: origin\r\n', without(TOP, 'version', 'remote')],
    ['settings in quotation marks', 'version: 1\n"‸"\n', without(TOP, 'version')],
    ['settings of an environment', 'environments:\n  production:\n    ‸', ENVIRONMENT],
    ['settings of an environment, before others', 'environments:\n  production:\n    ‸\n    presence: touch\n    agents: deny\n', without(ENVIRONMENT, 'presence', 'agents')],
    ['settings of an environment, after others', 'environments:\n  production:\n    presence: touch\n    a‸\ngroups:\n  sre: [Ana]\n', without(ENVIRONMENT, 'presence')],
    ['settings of an environment, in braces', 'environments:\n  production: { approvals: 2, ‸, agents: deny }\n', without(ENVIRONMENT, 'approvals', 'agents')],
    ['settings of an environment, in empty braces', 'environments:\n  production: {‸}\n', ENVIRONMENT],
    ['settings of an environment, in braces that nobody has closed', 'environments:\n  production: { approvals: 2, pr‸\ngroups:\n  sre: [Ana]\n', without(ENVIRONMENT, 'approvals')],
    ['settings in braces over several lines', 'environments:\n  production: {\n    approvals: 2,\n    pr‸\n  }\n', without(ENVIRONMENT, 'approvals')],
    ['settings of what a list holds', 'exceptions:\n  - ‸', EXCEPTION],
    ['settings of what a list holds, before others', 'exceptions:\n  - ‸\n    reason: Moving\n', without(EXCEPTION, 'reason')],
    ['settings of what a list holds, after others', 'exceptions:\n  - environment: production\n    ‸\n  - reason: Other\n', without(EXCEPTION, 'environment')],
    ['settings of a freeze, four levels down', 'environments:\n  production:\n    freeze:\n      - from: 2026-12-24\n        ‸\n', ['until', 'reason']],
    ['one level up again', 'environments:\n  production:\n    freeze:\n      - from: 2026-12-24\n    ‸\n', without(ENVIRONMENT, 'freeze')],
    ['the settings of both forms of a database', 'store:\n  postgres:\n    ‸', ['repository', 'service', 'variable']],
    ['only those of the form that was begun', 'store:\n  postgres:\n    service: countersign\n    ‸', ['repository']],
    ['the names that are known anyway, for an environment', 'environments:\n  ‸', ['production', 'staging']],
    ['those of them that are not there', 'environments:\n  production: {}\n  s‸\n', ['staging']],
    ['people who have no recipient', `${TEAM}recipients:\n  Ana: age1x\n  ‸\n`, ['Ben']],
    ['the only version', 'version: ‸', ['1']],
    ['the values of a setting', 'environments:\n  production:\n    presence: ‸\n    agents: deny\n', ['none', 'touch', 'pin']],
    ['the values of a setting, while one is typed', 'breakGlass:\n  presence: to‸', ['touch', 'pin']],
    ['the values of a setting, in braces', 'breakGlass: { presence: ‸ }\n', ['touch', 'pin']],
    ['the values of a setting, on the line below', 'breakGlass:\n  presence:\n    ‸', ['touch', 'pin']],
    ['the values of a setting, in quotation marks', "notify:\n  kind: '‸'\n", ['slack', 'teams', 'plain']],
    ['environments, where one is named', 'environments:\n  moonbase: {}\nexceptions:\n  - environment: ‸\n', ['moonbase', 'production', 'staging']],
    ['environments, in braces', 'protectedPaths:\n  - { environment: ‸, edits: deny }\nenvironments:\n  moonbase: {}\n', ['moonbase', 'production', 'staging']],
    ['groups and people, where one may sign', `rules:\n  approvers:\n    - ‸\n${TEAM}`, ['sre', 'data bases', 'Ana', 'Ben']],
    ['those of them that are not in the list', `rules:\n  approvers:\n    - sre\n    - ‸\n    - Ben\n${TEAM}`, ['data bases', 'Ana']],
    ['those of them that are not in the list, in brackets', `rules: { approvers: [sre, ‸] }\n${TEAM}`, ['data bases', 'Ana', 'Ben']],
    ['how many of which, where parts are asked for', `rules: { approvals: ["2 of ‸"] }\n${TEAM}`, ['2 of sre', '2 of data bases', '2 of Ana', '2 of Ben']],
    ['one of each, where no number stands yet', `rules:\n  approvals:\n    - ‸\n${TEAM}`, ['1 of sre', '1 of data bases', '1 of Ana', '1 of Ben']],
    ['people, where a group is written', `${TEAM}  other: [‸]\n`, ['Ana', 'Ben']],
    ['nothing, where anything may be written', 'exceptions:\n  - reason: ‸\n', []],
    ['nothing in a comment', 'version: 1 # ‸\n', []],
    ['nothing in a comment of its own line', 'version: 1\n# ‸\n', []],
    ['nothing in a text of several lines', 'exceptions:\n  - reason: >\n      a reason\n      ‸\n', []],
    ['nothing behind a setting that needs lines of its own', 'environments: ‸\n', []],
    ['nothing below what the schema does not know', 'unknown:\n  ‸', []],
    ['nothing below what every object has', 'constructor:\n  ‸', []],
    ['nothing in a bracket that needs braces first', 'exceptions: [ ‸ ]\n', []],
    ['nothing where a person’s names on the roster stand', `people:\n  Ana: [‸]\ngroups:\n  sre: [Ana]\n`, []],
  ];
  for (const [what, marked, expected] of cases) it(`is ${what}`, () => assert.deepEqual(labels(marked), expected));

  it('is yes or no where a schema says so', () => {
    assert.deepEqual(labels('strict: ‸', { type: 'object', properties: { strict: { type: 'boolean' } } }), ['true', 'false']);
  });

  it('is nothing in a text that no team’s policy is: too long, or nested without end', () => {
    assert.deepEqual(labels(`${'# more\n'.repeat(50_000)}‸`), []);
    assert.deepEqual(labels(`${'['.repeat(10_000)}‸`), []);
  });

  it('comes with what the schema says about it, and whether there is a choice behind it', () => {
    const { text, offset } = cut(`${TEAM}environments:\n  production:\n    ‸`);
    const items = suggestionsAt(text, offset, SCHEMA)?.items ?? [];
    const presence = items.find(({ label }) => label === 'presence');
    assert.match(presence?.description ?? '', /^What a signature must prove/);
    assert.deepEqual(presence?.values, ['none', 'touch', 'pin']);
    assert.deepEqual(items.filter(({ more }) => more).map(({ label }) => label), ['approvers', 'presence', 'agents', 'freeze']);
  });
});

describe('a suggestion that is taken', () => {
  const cases: readonly [what: string, marked: string, label: string, becomes: string][] = [
    ['a setting: its colon follows', 'version: 1\nrem‸\n', 'remote', 'version: 1\nremote: \n'],
    ['what holds settings: a line for them', 'version: 1\nbr‸\n', 'breakGlass', 'version: 1\nbreakGlass:\n  \n'],
    ['what holds settings, behind a dash: below its own name', 'store:\n  ‸', 'postgres', 'store:\n  postgres:\n    '],
    ['a list: its first dash', 'environments:\n  production:\n    ‸', 'approvers', 'environments:\n  production:\n    approvers:\n      - '],
    ['a list behind a dash: below its own name', 'protectedPaths:\n  - ‸', 'paths', 'protectedPaths:\n  - paths:\n      - '],
    ['a number or a list: whichever is written', 'rules:\n  ‸', 'approvals', 'rules:\n  approvals: '],
    ['in braces: all on one line', 'environments: { production: { ‸ } }', 'approvers', 'environments: { production: { approvers:  } }'],
    ['a name before its colon: only the name', 'versoin‸: 1\n', 'version', 'version: 1\n'],
    ['the whole word, not only what stands before the cursor', 'environments:\n  production:\n    presence: to‸uhc # all\n', 'touch', 'environments:\n  production:\n    presence: touch # all\n'],
    ['in quotation marks: they stay', "rules: { approvers: ['s‸'] }\ngroups: { sre: [Ana] }\n", 'sre', "rules: { approvers: ['sre'] }\ngroups: { sre: [Ana] }\n"],
    ['a value in quotation marks: it needs none', 'version: "‸"\n', '1', 'version: 1\n'],
    ['a name with a blank', `rules: { approvals: [2 of ‸] }\n${TEAM}`, '2 of data bases', `rules: { approvals: [2 of data bases] }\n${TEAM}`],
    ['a name that would mean something else', 'people:\n  "no: one": [a@example.com]\ngroups:\n  x: [‸]\n', 'no: one', 'people:\n  "no: one": [a@example.com]\ngroups:\n  x: ["no: one"]\n'],
    ['a name that is a number', 'people:\n  7: [a@example.com]\ngroups:\n  x: [‸]\n', '7', 'people:\n  7: [a@example.com]\ngroups:\n  x: ["7"]\n'],
    ['a name with an apostrophe', "people:\n  O'Hara: [a@example.com]\ngroups:\n  x: ['‸']\n", "O'Hara", "people:\n  O'Hara: [a@example.com]\ngroups:\n  x: ['O''Hara']\n"],
  ];
  for (const [what, marked, label, becomes] of cases) it(`is ${what}`, () => assert.equal(taken(marked, label), becomes));

  it('leads from nothing to rules that are understood', () => {
    let text = '‸';
    for (const [label, typed] of [['version', ''], ['1', '\n'], ['environments', ''], ['production', ''], ['presence', ''], ['touch', '\n    '], ['approvals', '2\n'], ['protectedPaths', ''], ['paths', 'infra/**\n    '], ['edits', ''], ['approve', '\n']] as const) {
      const { offset, text: before } = cut(text);
      const after = taken(text, label);
      text = `${after.slice(0, after.length - (before.length - offset))}${typed}${CURSOR}`;
    }
    assert.equal(text, 'version: 1\nenvironments:\n  production:\n    presence: touch\n    approvals: 2\nprotectedPaths:\n  - paths:\n      - infra/**\n    edits: approve\n‸');
    assert.deepEqual(policyProblems(cut(text).text), []);
  });
});

describe('what is said about a setting of a policy', () => {
  const cases: readonly [what: string, marked: string, said: { readonly text: string; readonly description?: RegExp; readonly values?: readonly string[]; readonly numbers?: readonly [number, number] } | undefined][] = [
    ['what it means, and its values', 'environments:\n  production:\n    pre‸sence: touch\n', { text: 'presence', description: /^What a signature must prove/, values: ['none', 'touch', 'pin'] }],
    ['the same in braces', 'environments: { production: { ‸agents: deny } }\n', { text: 'agents', description: /^What an assistant gets/, values: ['confirm', 'approve', 'deny'] }],
    ['the same in quotation marks', '"vers‸ion": 1\n', { text: '"version"', description: /^The form/, values: ['1'] }],
    ['its least and greatest number', 'breakGlass:\n  perWee‸k: 1\n', { text: 'perWeek', description: /^How often/, numbers: [0, 50] }],
    ['no numbers where there may be something else', 'rules:\n  approval‸s: 1\n', { text: 'approvals', description: /^How many other people/ }],
    ['what it means in a list', 'exceptions:\n  - reason: a\n    unti‸l: 2026-12-24\n', { text: 'until', description: /has no effect/ }],
    ['the same below a line that is broken', 'environments\n  production: {\nremo‸te: origin\n', { text: 'remote', description: /^The git remote/ }],
    ['the same above a line that is broken', 'remo‸te: origin\nenvironments\n  production: {\n', { text: 'remote', description: /^The git remote/ }],
    ['nothing of a value', 'remote: ori‸gin\n', undefined],
    ['nothing of a name', 'environments:\n  produc‸tion: {}\n', undefined],
    ['nothing of what is not known', 'unkno‸wn: 1\n', undefined],
    ['nothing of what every object has', 'construc‸tor: 1\n', undefined],
    ['nothing in a comment', '# remo‸te: origin\n', undefined],
  ];
  for (const [what, marked, said] of cases) {
    it(`is ${what}`, () => {
      const { text, offset } = cut(marked);
      const found = settingAt(text, offset, SCHEMA);
      assert.equal(found && text.slice(found.from, found.to), said?.text);
      if (!said || !found) return;
      assert.match(found.description ?? '', said.description ?? /^$/);
      assert.deepEqual(found.values, said.values ?? []);
      assert.deepEqual(found.numbers, said.numbers);
    });
  }

  it('is something of every setting that there is', () => {
    const silent = (schema: JsonSchema, path: string): readonly string[] =>
      choices(schema).flatMap(({ properties = {}, additionalProperties, items }) => [
        ...Object.entries(properties).flatMap(([name, one]) => [...(one.description === undefined ? [`${path}${name}`] : []), ...silent(one, `${path}${name}.`)]),
        ...(typeof additionalProperties === 'object' ? silent(additionalProperties, `${path}*.`) : []),
        ...(items ? silent(items, `${path}0.`) : []),
      ]);
    assert.deepEqual(silent(SCHEMA, ''), []);
  });
});

describe('any text and any position', () => {
  const piece = fc.constantFrom('version: 1', 'environments:', 'production:', 'approvals: 2', 'presence: ', 'approvers: [', ']', '{', '}', '- ', '-', '\n', '\r\n', '\n  ', '\n    ', '\t', ': ', ':', ', ', '#', '"', "'", '|\n', '>\n', '&a ', '*a', '!!str ', '? ', '---\n', '...\n', '%YAML 1.2\n', 'groups:', 'sre', '2 of sre', '\ue000', '\ufeff', '“', '\u{1f6e1}', '\u2028', '__proto__: ', '<<: ');
  const text = fc.oneof(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), fc.string({ unit: 'binary', maxLength: 60 }));

  it('are answered, with ranges inside the text that hold the position, on its line', function () {
    this.timeout(patience(20_000));
    fc.assert(
      fc.property(text, fc.nat(), (written, at) => {
        const offset = at % (written.length + 1);
        for (const found of [suggestionsAt(written, offset, SCHEMA), settingAt(written, offset, SCHEMA)]) {
          if (!found) continue;
          assert.ok(0 <= found.from && found.from <= offset && offset <= found.to && found.to <= written.length, JSON.stringify(found));
          assert.ok(!written.slice(found.from, found.to).includes('\n'));
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
