import { sentence } from '../../say.js';
import { defineTool } from '../rule.js';
import type { Context, Rule, Tool } from '../rule.js';
import type { Use } from '../use.js';
import { wordOf } from '../../shell/program.js';
import { groundOf, isDevice, isPersonal } from './paths.js';
import type { Ground } from './paths.js';

const WIDE: readonly Ground[] = ['system', 'home', 'unknown', 'everything here', 'outside'];

function widest(use: Use, from: number, context: Context): { ground: Ground; path: string } | undefined {
  for (const ground of WIDE) {
    const word = use.operands.slice(from).find((operand) => groundOf(operand, use.invocation.cwd, context) === ground);
    if (word) return { ground, path: word.text.replaceAll('\uFFFC', '…') };
  }
  return undefined;
}

const PERMISSIONS: Rule = {
  id: 'filesystem/permissions-recursive',
  title: 'Changes owner or permissions of a whole tree',
  when: (use, context) => {
    const from = use.has('--reference') || use.options.some(({ name }) => /^-[rwxXst]+$/.test(name)) ? 0 : 1;
    const wide = use.operands.slice(0, from).some((word) => /^[0-7]?777$|^(?:[augo]*[ao][augo]*)?\+[rwx]*w[rwx]*$|^a[+=]rwx$|^[ug]?[+]s$|^[0-7]*[4-7][0-7]{3}$/.test(word.text)) && use.invocation.program.endsWith('chmod');
    const recursive = use.has('-R --recursive') || use.invocation.fed;
    const found = widest(use, Math.min(from, Math.max(use.operands.length - 1, 0)), context);
    if (recursive && found && (wide || found.ground !== 'outside')) return { severity: found.ground === 'system' || found.ground === 'home' ? 'critical' : 'medium', message: sentence('Changes {0} and everything below it.', found.path) };
    if (recursive && wide) return { severity: 'medium', reversible: 'with-effort', message: sentence('Lets everybody write to a whole tree.') };
    if (found?.ground === 'system' && (wide || /^\/(etc|bin|sbin|usr|lib|boot|root|var|dev|proc|sys)?\/?$|^\/etc\/(passwd|shadow|sudoers|ssh\/|group|fstab)/.test(found.path))) return { severity: 'high', message: sentence('Changes who may use {0}.', found.path) };
    return wide && use.operands.length > 1 ? { severity: 'medium', reversible: 'yes', message: sentence('Lets everybody write to {0}.', use.rest(1).join(', ')) } : false;
  },
  severity: 'high',
  reversible: 'with-effort',
  message: 'Changes who may use a whole tree.',
  safer: 'Name the one directory that is meant.',
  examples: {
    flagged: ['chmod -R 777 /', 'sudo chown -R me:me /usr', 'chmod --recursive 755 ~', 'chown -R root *', 'setfacl -R -m u:x:rwx /etc'],
    clear: ['chmod +x run.sh', 'chmod 644 a.txt', 'chown me a.txt', 'chmod -R 755 dist', 'chmod --help'],
  },
};

const MOVE: Rule = {
  id: 'filesystem/move-away',
  title: 'Moves something important away',
  when: (use, context) => {
    const operands = use.value('-t --target-directory') === undefined ? use.operands : [...use.operands, wordOf(use.value('-t --target-directory') ?? '', use.invocation.span)];
    const to = operands.at(-1)?.text ?? '';
    if (operands.length < 2) return false;
    if (to === '/dev/null') return { severity: 'high', message: sentence('Throws away {0}.', use.rest(0).slice(0, -1).join(', ')) };
    const from = operands.slice(0, -1).map((word) => ({ ground: groundOf(word, use.invocation.cwd, context), path: word.text }));
    const worst = from.find(({ ground }) => ground === 'system' || ground === 'home') ?? from.find(({ path, ground }) => ground === 'source' && /\.git(\/|$)/.test(path));
    return worst ? { severity: 'high', reversible: 'with-effort', message: sentence('Moves {0} away.', worst.path) } : false;
  },
  severity: 'high',
  reversible: 'no',
  message: 'Moves files to where they are lost.',
  safer: 'cp -a',
  examples: {
    flagged: ['mv important.db /dev/null', 'mv ~ /tmp/x', 'mv /etc /etc.old', 'mv -t /dev/null a b'],
    clear: ['mv a.txt b.txt', 'mv old.txt /tmp/', 'mv dist/* out/'],
  },
};

const COPY_OVER: Rule = {
  id: 'filesystem/overwrite',
  title: 'Overwrites a disk or a system file',
  when: (use, context) => {
    const to = use.operands.at(-1);
    if (!to || use.operands.length < 2) return false;
    if (isDevice(to.text)) return { severity: 'critical', message: sentence('Writes over the disk {0}.', to.text) };
    const first = use.operand(0);
    if (first === '/dev/null' || first === '/dev/zero') return { severity: 'high', message: sentence('Empties {0}.', to.text) };
    return groundOf(to, use.invocation.cwd, context) === 'system' && /^\/(etc|boot|bin|sbin|usr\/(bin|sbin|lib)|lib)\//.test(to.text) ? { severity: 'medium', reversible: 'with-effort', message: sentence('Overwrites {0}.', to.text) } : false;
  },
  severity: 'high',
  reversible: 'no',
  message: 'Overwrites something important.',
  safer: 'cp --backup',
  examples: {
    flagged: ['cp /dev/null important.log', 'cp image.iso /dev/sda', 'cp /dev/zero data.db'],
    clear: ['cp a b', 'cp -r src dist', 'cp /etc/hosts .'],
  },
};

const TRUNCATE: Rule = {
  id: 'filesystem/truncate',
  title: 'Empties files',
  when: (use) => /^[-+<>/%]?0+[KMGB]*$|^-/.test(use.value('-s --size') ?? '') && use.operands.length > 0 && !use.rest(0).every((text) => /^\/tmp\/|\.log$/.test(text)) ? {} : false,
  severity: 'medium',
  reversible: 'no',
  message: (use) => sentence('Empties {0}.', use.rest(0).join(', ')),
  safer: 'cp file file.bak',
  examples: {
    flagged: ['truncate -s 0 data.db', 'truncate --size=0 important.txt', 'sudo truncate -s0 /var/lib/x'],
    clear: ['truncate -s 10M disk.img', 'truncate -s 0 app.log', 'truncate --help'],
  },
};

/** The words of a search without those that belong to `-exec`. */
function withoutActions(args: readonly string[]): readonly string[] {
  let inside = false;
  return args.filter((text) => {
    if (/^-(exec|execdir|ok|okdir)$/.test(text)) inside = true;
    else if (inside && (text === ';' || text === '+')) inside = false;
    else return !inside;
    return false;
  });
}

const FIND_DELETE: Rule = {
  id: 'filesystem/find-delete',
  title: 'Deletes every file a search finds',
  when: (use, context) => {
    const args = withoutActions(use.invocation.args.map((word) => word.text));
    // A word after an option that takes one (`-gid -delete`) is that option's value.
    if (!args.some((text, at) => text === '-delete' && !/^-(name|iname|path|ipath|regex|iregex|gid|uid|user|group|type|size|mtime|atime|ctime|mmin|amin|cmin|newer|perm|links|inum|fstype|maxdepth|mindepth|samefile|printf|fprint|wholename)$/.test(args[at - 1] ?? ''))) return false;
    const start = args.findIndex((text) => /^[-(!]/.test(text) && !/^-[HLPDO]/.test(text));
    const roots = use.invocation.args.slice(0, start < 0 ? undefined : start).filter((word) => !word.text.startsWith('-'));
    const grounds = (roots.length === 0 ? [wordOf('.', use.invocation.span)] : roots).map((word) => groundOf(word, use.invocation.cwd, context));
    if (grounds.every((ground) => ground === 'temporary' || ground === 'output')) return false;
    return grounds.includes('system') || grounds.includes('home') ? { severity: 'critical' } : { severity: grounds.includes('project') ? 'medium' : 'high' };
  },
  severity: 'high',
  reversible: 'no',
  message: (use) => sentence('Deletes what a search below {0} finds.', use.operand(0) ?? sentence('here')),
  safer: 'find … -print',
  examples: {
    flagged: ['find . -delete', 'find / -name x -delete', 'find ~ -type f -mtime +30 -delete', 'sudo find /var/log -delete'],
    clear: ['find . -name "*.ts"', 'find dist -delete', 'find /tmp/x -delete', 'find docs -name -delete -ls'],
  },
};

const DELETE_LINKS: Rule = {
  id: 'filesystem/unlink',
  title: 'Deletes a file of the system',
  when: (use, context) => {
    const found = widest(use, 0, context);
    if (found?.ground === 'outside' && isPersonal(found.path, context)) return { severity: 'medium', message: sentence('Deletes {0}.', found.path) };
    return found?.ground === 'system' || found?.ground === 'home' ? { severity: 'high', message: sentence('Deletes {0}.', found.path) } : false;
  },
  severity: 'high',
  reversible: 'no',
  message: 'Deletes a file of the system.',
  safer: 'ls -l',
  examples: {
    flagged: ['unlink /etc/passwd', 'rmdir /usr', 'unlink /boot/vmlinuz'],
    clear: ['unlink link', 'rmdir empty', 'rmdir --help'],
  },
};

const LINK: Rule = {
  id: 'filesystem/link-over',
  title: 'Puts a link in place of a system file',
  when: (use, context) => {
    const to = use.operands.at(-1);
    return use.has('-f --force') && to !== undefined && use.operands.length > 1 && groundOf(to, use.invocation.cwd, context) === 'system' && /^\/(etc|bin|sbin|usr|lib|boot)\//.test(to.text) ? {} : false;
  },
  severity: 'medium',
  reversible: 'with-effort',
  message: (use) => sentence('Replaces {0} by a link.', use.operands.at(-1)?.text ?? sentence('a file')),
  safer: 'ln -s',
  examples: {
    flagged: ['ln -sf /dev/null /etc/passwd', 'ln -snf x /usr/bin/python', 'sudo ln -sf a /etc/resolv.conf'],
    clear: ['ln -s a b', 'ln -sf ../x node_modules/.bin/x', 'ln -sf a /tmp/b'],
  },
};

const SYNC: Rule = {
  id: 'filesystem/rsync-delete',
  title: 'Deletes what the source does not have',
  unless: '-n --dry-run --list-only',
  when: (use) => use.has('--delete --delete-before --delete-after --delete-during --delete-delay --delete-excluded --del --remove-source-files --delete-missing-args') || use.options.some(({ name }) => /^-[a-zA-Z]*$/.test(name) && false),
  severity: 'high',
  reversible: 'no',
  message: (use) => (use.has('--remove-source-files') ? sentence('Deletes the files in {0} after copying.', use.operand(0) ?? sentence('the source')) : sentence('Deletes every file in {0} that the source does not have.', use.operands.at(-1)?.text ?? sentence('the destination'))),
  safer: 'rsync --dry-run --delete …',
  examples: {
    flagged: ['rsync -a --delete src/ host:/srv/', 'rsync -av --del a/ b/', 'rsync --remove-source-files a/ b/'],
    clear: ['rsync -a src/ dst/', 'rsync -an --delete src/ host:/srv/', 'rsync --dry-run --delete a b'],
  },
};

const REMOTE_COPY: Rule = {
  id: 'filesystem/copy-to-system',
  title: 'Copies over a system directory of another machine',
  when: (use, context) => {
    const to = use.operands.at(-1);
    if (!to || use.operands.length < 2) return false;
    const remote = /^[^/]*:(.*)$/s.exec(to.text)?.[1];
    const path = remote ?? to.text;
    if (!/^\/(etc|boot|bin|sbin|usr|lib\w*|root|var\/lib|opt)(\/|$)/.test(path) && path !== '/') return false;
    return remote !== undefined || groundOf(to, use.invocation.cwd, context) === 'system' ? {} : false;
  },
  severity: 'medium',
  reversible: 'with-effort',
  message: (use) => sentence('Copies over {0}.', use.operands.at(-1)?.text ?? sentence('a system directory')),
  safer: 'Copy to your own directory there, then look, then move.',
  examples: {
    flagged: ['scp hosts root@web:/etc/hosts', 'scp -r x web:/usr/local/bin/', 'scp passwd /etc/passwd'],
    clear: ['scp web:/etc/hosts .', 'scp a.txt web:', 'scp a.txt web:/srv/app/', 'scp a.txt web:/tmp/'],
  },
};

/** A line or statement of sftp(1), ftp(1) or lftp(1) that deletes, `mirror --delete` among them. */
const TRANSFER_DELETES = /(?:^|[\n;&|])[\t ]{0,8}-?(?:glob[\t ]{1,4})?(?:(?:rm|mrm|rmdir|delete|mdelete)\b|mirror\b[^\n;]{0,200}--delete\b)/i;

const REMOTE_DELETE: Rule = {
  id: 'filesystem/transfer-delete',
  title: 'Deletes files of another machine over a file transfer',
  when: (use) => [...(use.invocation.program === 'lftp' ? use.values('-e -c') : []), use.invocation.stdin].some((told) => told !== undefined && TRANSFER_DELETES.test(told)),
  severity: 'high',
  reversible: 'no',
  message: 'Deletes files of another machine over a file transfer.',
  safer: 'Move them aside there first, and delete them later.',
  examples: {
    flagged: ['lftp -e "rm -r /srv; bye" host', 'lftp -c "open host; mirror -R --delete . /srv"', 'echo "rm /srv/x" | sftp host', 'sftp host <<< "rmdir /srv/x"', 'ftp host <<< "mdelete *"'],
    clear: ['lftp -e "ls; bye" host', 'lftp -c "open host; mirror -R . /srv"', 'echo "get x" | sftp host', 'sftp host <<< "put rm.txt"'],
  },
};

const TEE: Rule = {
  id: 'filesystem/tee',
  title: 'Overwrites a disk or a system file',
  when: (use, context) => {
    const device = use.operands.find((word) => isDevice(word.text));
    if (device) return { severity: 'critical', reversible: 'no', message: sentence('Writes over the disk {0}.', device.text) };
    const path = use.rest(0).find((text) => /^\/(proc|sys)\/./.test(text));
    if (path !== undefined) return { reversible: 'with-effort', message: sentence('Changes the running kernel through {0}.', path) };
    const file = use.operands.find((word) => /^\/(etc|boot|bin|sbin|usr|lib\w*|var\/lib)\//.test(word.text) && groundOf(word, use.invocation.cwd, context) === 'system');
    return file !== undefined && (!use.has('-a --append') || /^\/etc\/(passwd|shadow|sudoers|group|crontab|hosts|fstab|ssh\/)/.test(file.text)) ? { severity: 'medium', reversible: 'with-effort', message: sentence('Writes {0}.', file.text) } : false;
  },
  severity: 'high',
  reversible: 'no',
  message: 'Overwrites a disk or a system file.',
  safer: 'cp file file.bak',
  examples: {
    flagged: ['cat image.iso | sudo tee /dev/sda', 'echo b | sudo tee /proc/sysrq-trigger', 'echo x | sudo tee /etc/fstab', 'echo "x ALL=(ALL) ALL" | sudo tee -a /etc/sudoers'],
    clear: ['make | tee build.log', 'echo x | tee -a notes.md', 'echo deb | sudo tee -a /etc/apt/sources.list.d/x.list', 'ls | tee /dev/null'],
  },
};

export const FILE_TOOLS: readonly Tool[] = [
  defineTool({ names: ['chmod', 'chown', 'chgrp', 'chattr', 'setfacl', 'icacls', 'gchmod', 'gchown'], grammar: { values: '--reference --from -m --modify -x --remove', flags: '--recursive --verbose --changes --silent --preserve-root --no-preserve-root --dereference', abbreviates: true }, otherwise: 'write', rules: [PERMISSIONS] }),
  defineTool({ names: ['tee', 'gtee', 'sponge'], grammar: {}, otherwise: 'write', rules: [TEE] }),
  defineTool({ names: ['mv', 'gmv'], grammar: { values: '-t --target-directory -S --suffix' }, otherwise: 'write', rules: [MOVE] }),
  defineTool({ names: ['cp', 'install', 'gcp'], grammar: { values: '-t --target-directory -S --suffix -m --mode -o --owner -g --group' }, otherwise: 'write', rules: [COPY_OVER] }),
  defineTool({ names: ['truncate', 'gtruncate'], grammar: { values: '-s --size -r --reference', flags: '--no-create', abbreviates: true }, otherwise: 'write', rules: [TRUNCATE] }),
  defineTool({ names: ['find', 'gfind'], grammar: { singleDash: true }, otherwise: 'read', rules: [FIND_DELETE] }),
  defineTool({ names: ['scp', 'pscp', 'sftp'], grammar: { values: '-c -D -F -i -J -l -o -P -S -X' }, otherwise: 'write', rules: [REMOTE_COPY, REMOTE_DELETE] }),
  defineTool({ names: ['lftp', 'ftp'], grammar: { values: '-e -c -f -u -p -s -o --user --password' }, otherwise: 'write', rules: [REMOTE_DELETE] }),
  defineTool({ names: ['unlink', 'rmdir'], grammar: {}, otherwise: 'write', rules: [DELETE_LINKS] }),
  defineTool({ names: ['ln'], grammar: { values: '-t --target-directory -S --suffix' }, otherwise: 'write', rules: [LINK] }),
  defineTool({ names: ['rsync', 'grsync'], grammar: { values: '-e --rsh --exclude --include --filter -f --files-from --bwlimit --backup-dir --log-file --password-file --port --timeout -T --temp-dir --chmod --chown -M --rsync-path --max-size --min-size' }, otherwise: 'write', rules: [SYNC] }),
];
