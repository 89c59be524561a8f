import { sentence } from '../say.js';
import { HOLE } from '../shell/program.js';
import { defineTool } from './rule.js';
import type { Rule, Tool } from './rule.js';

const UPDATE: Rule = {
  id: 'dns/update',
  title: 'Changes records of a name server',
  when: (use) => {
    const { stdin } = use.invocation;
    if (stdin !== undefined && !stdin.includes(HOLE)) return /^\s*(update\s+)?del(ete)?\s/im.test(stdin) ? { message: sentence('Deletes records of a name server.') } : { severity: 'low', effect: 'write' };
    return { severity: 'medium', effect: 'unknown', message: sentence('Changes records of a name server by instructions that are not shown here.') };
  },
  severity: 'high', reversible: 'with-effort', message: 'Changes records of a name server.', safer: 'dig +short name',
  examples: {
    flagged: ["printf 'update delete www.example.com A\\nsend\\n' | nsupdate -k key", 'nsupdate changes.txt', 'nsupdate -l', 'nsupdate <<E\nserver ns1\nupdate delete a.example.com\nsend\nE'],
    clear: ['dig example.com', 'nslookup example.com', 'nsupdate -V'],
  },
};

const ADMIN_VERB = /^\s*(shutdown|disable|del|delete|clear|set (server|maxconn|weight|rate-limit)|flush(_all)?|reset|stop|kill|quit)\b/im;

const ADMIN_SOCKET: Rule = {
  id: 'network/admin-socket',
  title: 'Tells a service through its socket to stop or drop something',
  when: (use) => {
    const { stdin, args } = use.invocation;
    if (stdin === undefined || !ADMIN_VERB.test(stdin)) return false;
    return args.some(({ text }) => /\.(sock|socket|ctl)\b|\badmin\b|^(unix|UNIX)(-connect|-client)?:/i.test(text) || /^(localhost|127\.0\.0\.1|tcp:[^:]+|TCP:[^:]+|[\w.-]+):?\d*$/.test(text));
  },
  severity: 'medium', reversible: 'with-effort', message: 'Tells a service to stop or drop something, through the socket it is managed by.', safer: 'echo "show stat" | socat stdio /run/service.sock',
  examples: {
    flagged: ["echo 'disable server web/a' | socat stdio /run/haproxy/admin.sock", 'echo flush_all | nc localhost 11211', "echo 'shutdown frontend www' | nc -U /run/haproxy.sock"],
    clear: ["echo 'show stat' | socat stdio /run/haproxy/admin.sock", 'nc -z localhost 80', 'socat TCP-LISTEN:8080,fork TCP:web:80'],
  },
};

/** Services that are managed by a line of text sent to them. */
export const SOCKET_TOOLS: readonly Tool[] = [
  defineTool({ names: ['nsupdate', 'knsupdate'], grammar: { values: '-k -y -t -u -r -p -R -L' }, harmless: '-V -D', otherwise: 'write', rules: [UPDATE] }),
  defineTool({ names: ['socat', 'nc', 'ncat', 'netcat'], grammar: { values: '-p -s -w -x -X' }, otherwise: 'read', rules: [ADMIN_SOCKET] }),
];
