import { sentence } from '../say.js';
import { UNREADABLE } from '../shell/unreadable.js';
import { groundOf } from './filesystem/paths.js';
import { defineRule } from './rule.js';
import type { Rule } from './rule.js';
import { verbIn } from './verbs.js';

const WIDE = /^(system|home|unknown|everything here|outside)$/;

/** A shell is handed a text that is only known when it runs. */
export const COMPUTED_TEXT: Rule = defineRule({
  id: 'shell/computed-text',
  title: 'Runs a text that is computed',
  when: (use) => use.invocation.program === 'computed-text',
  effect: 'unknown',
  severity: 'medium',
  reversible: 'no',
  message: (use) => sentence('Hands {0} a text that nobody can know before it runs.', use.invocation.name.text),
  safer: 'Write the command itself, or print the text first and read it.',
  examples: {
    flagged: ['bash -c "$INPUT"', 'eval "$PAYLOAD"', 'ssh web "$COMMANDS"', 'cat list | xargs -I{} sh -c "echo {}"', "ls | xargs awk '{ system($0) }'", 'parallel', 'cat todo | parallel', "cat list | xargs -n1 sh -c 'eval \"$1\"' _", 'ls | xargs bash -c', 'ls | xargs sudo -n'],
    clear: ['bash -c "make $TARGET"', 'eval "$(ssh-agent -s)"', 'eval "$(direnv hook bash)"', 'ls | xargs -n1 basename', "find . -type f | xargs -I{} sh -c 'wc -l \"$1\"' _ {}", 'bash -c ls', 'parallel gzip ::: a b'],
  },
});

export const COMPUTED_RULES: readonly Rule[] = [
  COMPUTED_TEXT,
  defineRule({
    id: 'shell/unreadable-text',
    title: 'Is too long or too deep to be read',
    when: (use) => use.invocation.program === 'unreadable-text',
    effect: 'unknown',
    severity: 'medium',
    reversible: 'no',
    message: (use) => sentence('Cannot be read to its end: {0}.', Object.values(UNREADABLE).find(({ text }) => text === use.invocation.name.text) ?? use.invocation.name.text),
    safer: 'Put it into a script file and run that.',
    examples: {
      flagged: [`${'$('.repeat(90)}ls${')'.repeat(90)}`, `echo ${'x'.repeat(70_000)}`, 'a() { b; b; b; b; b; b; b; b; }; b() { c; c; c; c; c; c; c; c; }; c() { d; d; d; d; d; d; d; d; }; d() { e; e; e; e; e; e; e; e; }; e() { ls; ls; }; a'],
      clear: ['echo $(echo $(echo a))', 'for i in $(seq 1000); do ls "$i"; done', `echo ${'x'.repeat(7_000)}`],
    },
  }),
];

/** A program whose name is computed is judged by what it is told. */
export const COMPUTED_PROGRAM: Rule = defineRule({
  id: 'shell/computed-program',
  title: 'A computed program is told to delete something',
  when: (use, context) => {
    if (use.invocation.program !== '') return false;
    const found = verbIn(use, 3)?.verb;
    if (found?.effect === 'destroy' && found.severity === 'high') return true;
    if (!use.has('-r -R -f -F -rf -fr -Rf -fR --recursive --force')) return false;
    return use.operands.some((word) => WIDE.test(groundOf(word, use.invocation.cwd, context)));
  },
  effect: 'unknown',
  severity: 'medium',
  reversible: 'no',
  message: (use) => sentence('A program whose name cannot be known is told: {0}.', use.invocation.args.map((word) => word.text).join(' ')),
  safer: 'Write the name of the program.',
  examples: {
    flagged: ['$CMD -rf ~', '"$TOOL" delete namespace pay', '$(cat tool) --recursive --force ..', '$X -f /etc/passwd'],
    clear: ['$EDITOR notes.md', '"$PYTHON" -m pytest', '$CMD list', '"$CC" -o a a.c', '$TOOL -f values.yaml'],
  },
});
