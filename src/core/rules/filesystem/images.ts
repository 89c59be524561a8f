import { sentence } from '../../say.js';
import { defineTool } from '../rule.js';
import type { Rule, Tool } from '../rule.js';
import { groundOf, isDevice } from './paths.js';
import { wordOf } from '../../shell/program.js';

const DUMP: Rule = {
  id: 'disk/dump',
  title: 'Writes a file system’s image over an older one',
  when: (use, context) => {
    if (!use.operands.some((word) => isDevice(word.text) || word.text.startsWith('/'))) return false;
    const output = use.value('-f');
    if (output === '-') return false;
    if (output === undefined) return { message: sentence('Writes an image of a file system over what is on the default tape.') };
    const ground = groundOf(wordOf(output, use.invocation.span), use.invocation.cwd, context);
    return ground === 'outside' || ground === 'system' || ground === 'home' || ground === 'unknown' || isDevice(output) ? { message: sentence('Writes an image of a file system over {0}.', output) } : false;
  },
  severity: 'medium', reversible: 'no', message: 'Writes an image of a file system over an older one.', safer: 'dump -S -0 /dev/sda1',
  examples: {
    flagged: ['dump -0uf /mnt/backup/root.dump /dev/sda2', 'dump -0 /dev/sda2', 'dump -f /dev/st0 -0 /home'],
    clear: ['dump -0f /tmp/root.dump /dev/sda2', 'dump -0f - /dev/sda2', 'dump -W', 'dump -S -0 /dev/sda2'],
  },
};

const RESTORE: Rule = {
  id: 'disk/restore',
  title: 'Restores a file system’s image over what is there',
  when: (use) => use.has('-r -x -R') && !use.has('-t -C -N') && (use.operands.some((word) => isDevice(word.text)) || use.operands.length === 0 || use.operands.some((word) => /^\/(etc|usr|var|home|root|boot)?$/.test(word.text))),
  severity: 'high', reversible: 'no', message: 'Restores a backup over what is there now.', safer: 'restore -tf backup.dump',
  examples: {
    flagged: ['restore -rf /mnt/backup/root.dump', 'restore -xf backup.dump /etc', 'sudo restore -r -f a.dump /dev/sda2'],
    clear: ['restore -tf backup.dump', 'restore -Cf backup.dump', 'restore -rNf backup.dump'],
  },
};

/** Images of whole file systems. */
export const IMAGE_TOOLS: readonly Tool[] = [
  defineTool({ names: ['dump', 'xfsdump'], grammar: { values: '-f -b -B -d -D -F -h -I -j -L -Q -s -T -z -A -a-value' }, harmless: '-S -W -w', otherwise: 'write', rules: [DUMP] }),
  defineTool({ names: ['restore', 'rrestore', 'xfsrestore'], grammar: { values: '-f -b -D -F -L -Q -s -T -A -X' }, otherwise: 'write', rules: [RESTORE] }),
];
