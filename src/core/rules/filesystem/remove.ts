import { sentence } from '../../say.js';
import { defineRule, defineTool } from '../rule.js';
import type { Context, Override } from '../rule.js';
import type { Use } from '../use.js';
import { groundOf, isPersonal } from './paths.js';
import type { Ground } from './paths.js';

const GRAMMAR = { flags: '--recursive --force --interactive --dir --verbose --one-file-system --no-preserve-root --preserve-root', abbreviates: true } as const;
const WORST: readonly Ground[] = ['system', 'home', 'unknown', 'everything here', 'outside', 'source', 'project', 'output', 'temporary'];

function worstGround(use: Use, context: Context): { ground: Ground; path: string } | undefined {
  const grounds = use.operands.map((word) => ({ ground: groundOf(word, use.invocation.cwd, context), path: word.text }));
  return WORST.flatMap((ground) => grounds.find((item) => item.ground === ground) ?? [])[0];
}

function recursive(use: Use, context: Context): boolean | Override {
  const worst = worstGround(use, context);
  if (!worst) return false;
  const { ground, path } = worst;
  const shown = path === '' ? sentence('nothing') : path;
  switch (ground) {
    case 'temporary':
    case 'output':
      return false;
    case 'project':
      return { severity: 'low', reversible: 'with-effort', message: sentence('Deletes {0} and everything below it; what is not committed is lost.', shown) };
    case 'source':
      return { severity: 'medium', reversible: 'with-effort', message: sentence('Deletes {0} and everything below it; what is not committed is lost.', shown) };
    case 'everything here':
      return { severity: 'high', message: sentence('Deletes everything in {0}.', shown) };
    case 'outside':
      return { severity: 'high', message: sentence('Deletes {0} and everything below it, outside the project.', shown) };
    case 'unknown':
      return { severity: 'high', message: sentence('Deletes {0} and everything below it, and where that is cannot be known before it runs.', shown) };
    case 'home':
    case 'system':
      return { severity: 'critical', message: sentence('Deletes {0} and everything below it.', shown) };
  }
}

export const removeRecursive = defineRule({
  id: 'filesystem/remove-recursive',
  title: 'Deletes a directory tree',
  options: '-r -R --recursive -d --dir',
  when: recursive,
  severity: 'high',
  reversible: 'no',
  message: 'Deletes a directory and everything below it.',
  safer: 'Name the one directory that is meant, or move it aside first.',
  examples: {
    flagged: ['rm -rf /', 'rm -fr ~', 'sudo rm -r -f /var/lib/postgresql', 'rm --recur --forc "$BUILD_DIR"', 'rm -rf *', 'rm -rf ../other', "r''m -rf ~/Documents", 'rm -rf /tmp/../etc'],
    clear: ['rm -rf /tmp/x', 'rm -rf node_modules dist', 'D=$(mktemp -d); rm -rf "$D"', 'cd /tmp && rm -rf x', 'rm -rf -- /tmp/build-1', 'rm file.txt', 'grep "rm -rf /" notes.md', 'rm --help'],
  },
});

export const removeImportant = defineRule({
  id: 'filesystem/remove-important',
  title: 'Deletes a file outside the project, or everything a wildcard matches',
  unless: '-r -R --recursive -d --dir',
  when: (use, context) => {
    const worst = worstGround(use, context);
    if (!worst) return false;
    const { ground, path } = worst;
    const text = path.replaceAll('\uFFFC', '…');
    if (ground === 'system' || ground === 'home') return { severity: 'high', message: sentence('Deletes {0}.', text) };
    if (ground === 'everything here') return { severity: 'medium', message: sentence('Deletes every file that {0} matches.', text) };
    if (ground === 'source' && /(^|\/)[^/]*\.git(\/|$)/.test(path)) return { severity: 'high', message: sentence("Deletes {0}, a part of the repository's history.", text) };
    if (ground === 'outside' && isPersonal(path, context)) {
      return { severity: 'medium', message: sentence('Deletes {0}.', text) };
    }
    return false;
  },
  severity: 'medium',
  reversible: 'no',
  message: 'Deletes files that no repository has.',
  safer: 'Move the files aside first.',
  examples: {
    flagged: ['rm -f *', 'rm /etc/passwd', 'rm .git/index', 'sudo rm -f /boot/vmlinuz', 'rm ~/.ssh/id_ed25519'],
    clear: ['rm file.txt', 'rm -f build.log', 'rm /tmp/x.sock', 'rm -f src/generated.ts', 'echo rm /etc/passwd'],
  },
});

export const rmTool = defineTool({ names: ['rm', 'grm'], grammar: GRAMMAR, otherwise: 'write', rules: [removeRecursive, removeImportant] });
