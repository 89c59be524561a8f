import { defineRule, defineTool } from './rule.js';
import type { Rule, Tool } from './rule.js';

const WORDS = { effect: 'destroy', severity: 'high', reversible: 'no', safer: 'Leave the gate in place and ask for approval of what you want to run.' } as const;

/** What takes the guard out of a shell. It is a reason to ask, because nothing asks afterwards. */
export const DISARM: Rule = defineRule({
  ...WORDS,
  id: 'gates/disarm-shell',
  title: 'Takes the guard out of this shell',
  when: (use) => use.invocation.program === 'disarm',
  message: 'Takes the guard out of this shell, so that what runs next is not asked about.',
  examples: {
    flagged: ['unset -f __countersign_prompt', 'PROMPT_COMMAND=', 'export BASH_ENV=/dev/null', 'unset COUNTERSIGN_WINDOW', "trap '' DEBUG", 'trap - DEBUG'],
    clear: ['unset FOO', 'PS1="$ "', 'export PATH=$PATH:/opt/bin', "trap 'echo bye' EXIT", 'echo $PROMPT_COMMAND'],
  },
});

const ENTER = /^(\\?"?\\?(C-m|C-j|C-M|C-J|r|n)"?|\^M|\^J)|RETURN|(^|[^-])accept-line|__countersign/;

/** Programs and builtins by which the keys and hooks that the guard needs are taken from it. */
export const GATE_TOOLS: readonly Tool[] = [
  defineTool({
    names: ['bind', 'bindkey', 'zle', 'unfunction', 'functions', 'add-zsh-hook', 'unhash', 'enable', 'shopt', 'Set-PSReadLineKeyHandler', 'Remove-PSReadLineKeyHandler'],
    grammar: {},
    otherwise: 'read',
    rules: [
      defineRule({
        ...WORDS,
        id: 'gates/rebind-keys',
        title: 'Takes a key or hook from the guard',
        when: ({ invocation: { program, args } }) => {
          const texts = args.map(({ text }) => text);
          if (program === 'shopt') return texts.includes('-u') && texts.includes('extdebug');
          if (program === 'enable') return texts.includes('-n') && texts.some((text) => /^(trap|bind|read|printf|declare)$/.test(text));
          if (program === 'bind' && texts.some((text) => /^-[pPlsSvVX]$/.test(text))) return false;
          return texts.some((text) => ENTER.test(text));
        },
        message: 'Takes a key or hook from the guard, so that what runs next is not asked about.',
        examples: {
          flagged: ["bind -r '\\C-m'", 'bindkey ^M .accept-line', 'unfunction __countersign_accept', 'functions -e __countersign_enter', 'zle -A .self-insert accept-line', 'shopt -u extdebug', 'enable -n trap'],
          clear: ['bind -p', "bind '\"\\e[A\": history-search-backward'", 'bindkey -e', 'shopt -s globstar', 'functions'],
        },
      }),
    ],
  }),
  defineTool({
    names: ['bash', 'zsh', 'fish', 'rbash', 'pwsh'],
    grammar: { values: '--rcfile --init-file -o -O -c' },
    otherwise: 'read',
    rules: [
      defineRule({
        ...WORDS,
        id: 'gates/bare-shell',
        title: 'Starts a shell without its guard',
        when: ({ invocation: { program, args, stdin } }) => {
          const texts = args.map(({ text }) => text);
          if (stdin !== undefined || texts.some((text) => !text.startsWith('-') || /^-\w*c$/.test(text))) return false;
          const bare = { bash: /^--(norc|noprofile|posix)$/, zsh: /^(-f|-df|-d|--no-rcs|--no-globalrcs)$/, fish: /^(-N|--no-config)$/, pwsh: /^-nop(rofile)?$/i }[program];
          return bare !== undefined && texts.some((text) => bare.test(text));
        },
        message: 'Starts a shell that asks about nothing.',
        examples: {
          flagged: ['exec bash --norc', 'bash --noprofile --norc', 'zsh -f', 'fish --no-config'],
          clear: ['bash', 'bash --norc -c ls', 'zsh -f build.zsh', 'fish -c ls'],
        },
      }),
    ],
  }),
];
