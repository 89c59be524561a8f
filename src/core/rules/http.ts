import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Rule, Tool } from './rule.js';
import type { Use } from './use.js';

const CURL_VALUES =
  '-X --request -H --header -d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -o --output -u --user -A --user-agent -e --referer -b --cookie -c --cookie-jar -T --upload-file -x --proxy -m --max-time --connect-timeout -w --write-out -K --config --cacert -E --cert --key -r --range --retry --retry-delay --resolve --interface --limit-rate -C --continue-at -D --dump-header --url -Y -y -z -t -P -Q --quote --aws-sigv4 --oauth2-bearer --unix-socket --proto --ciphers --tls-max';

/** The method, the address and the body of a request, whatever the client. */
function request(use: Use): { readonly method: string; readonly url: string; readonly body: string } {
  const { program } = use.invocation;
  const body = [...use.values('-d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string --body-data --post-data --raw'), use.invocation.stdin ?? ''].join('\n');
  if (/^(http|https|xh|xhs|httpie|curlie)$/.test(program)) {
    const words = use.rest(0);
    const at = words.findIndex((word) => /^[A-Z]+$/i.test(word) && /^(get|post|put|patch|delete|head|options)$/i.test(word));
    return { method: (at >= 0 ? (words[at] ?? '') : words.length > 1 ? 'POST' : 'GET').toUpperCase(), url: words[at + 1] ?? '', body: words.slice(at + 2).join('\n') + body };
  }
  const given = use.value('-X --request --method') ?? (use.has('-T --upload-file') ? 'PUT' : body.trim() === '' || use.has('-G --get') ? 'GET' : 'POST');
  return { method: given.toUpperCase().replaceAll('\uFFFC', '').replace(/^["']|["']$/g, ''), url: use.value('--url') ?? use.operand(0) ?? '', body };
}

const API: Rule = {
  id: 'http/delete',
  title: 'Deletes through an API',
  when: (use) => {
    const { method, url, body } = request(use);
    const shown = url.replaceAll('\uFFFC', '…');
    const local = /^(https?:\/\/)?(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|:\d)/.test(url);
    if (method === 'DELETE') return { severity: local ? 'medium' : 'high', message: sentence('Deletes {0} through its API.', shown) };
    if (use.values('-Q --quote').some((command) => /^-?(DELE|RMD|RNFR)/i.test(command))) return { message: sentence('Deletes files at {0}.', shown) };
    if (method === 'GET' || method === 'HEAD') return /\/(shutdown|_shutdown|reboot|factory-reset)\b/i.test(url) ? { severity: 'medium' } : false;
    if (/\/(_delete_by_query|_close|_shrink|_forcemerge|_rollover|_cache\/clear|_flush|_delete|delete-batch|delete-by-query|batch-delete|bulk-delete|purge_cache|purge|purge_everything|doDelete|kill|terminate|destroy|delete|drop|wipe|reset|deactivate|cancel|archive|remove|shutdown|safeRestart|restart|safeExit|exit|quietDown|rotate|revoke|disable)(\b|\/|\?|$)/.test(url)) return { severity: /_delete_by_query|purge|destroy|delete|drop|wipe|doDelete|terminate/.test(url) ? 'high' : 'medium', message: sentence('Asks {0} to delete, stop or reset something.', shown) };
    if (method === 'PUT' && /\/(_cluster\/settings|_settings|_ilm|_slm)\b/.test(url)) return { severity: 'medium', reversible: 'with-effort', message: sentence('Changes the settings of a cluster: {0}.', shown) };
    if (/mutation[\s\S]{0,400}\b\w*(delete|remove|destroy|archive|purge|drop)\w*/i.test(body)) return { message: sentence('Asks {0} to delete something.', shown) };
    if (/"(action|method|operation|command|query|q|sql)"\s*:\s*"\s*(delete|drop|truncate|purge|destroy|remove|clear|flush)/i.test(body)) return { message: sentence('Asks {0} to delete something.', shown) };
    return false;
  },
  severity: 'high', reversible: 'no', message: 'Deletes through an API.', safer: 'Ask with GET what is there first.',
  examples: {
    flagged: ['curl -X DELETE https://api.example.com/v1/users/1', 'curl -XDELETE http://localhost:9200/orders', 'http DELETE :9200/orders', 'curl -X POST localhost:9200/a/_delete_by_query -d "{}"', 'curl --request DELETE https://api.example.com/x', 'xh delete example.com/x'],
    clear: ['curl https://api.example.com/v1/users', 'curl -X POST https://api.example.com/v1/users -d "{}"', 'http GET :9200/_cat/indices', 'curl -o deleted.txt https://example.com/deleted', 'wget https://example.com/x'],
  },
};

const SEND: Rule = {
  id: 'http/change',
  title: 'Changes something through an API',
  when: (use) => {
    const { method, url } = request(use);
    return /^(POST|PUT|PATCH)$/.test(method) && !/^(https?:\/\/)?(localhost|127\.|\[::1\]|:\d|\/)/.test(url) && !/\/(graphql|_search|_count|_msearch|login|token|oauth)/.test(url) && url !== '';
  },
  effect: 'write', severity: 'low', reversible: 'with-effort', message: (use) => sentence('Sends data to {0}.', request(use).url.replaceAll('\uFFFC', '…')), safer: 'Ask with GET first.',
  examples: { flagged: ['curl -X POST https://api.example.com/v1/users -d "{}"', 'curl -T a.txt https://example.com/a', 'http POST example.com/x a=b'], clear: ['curl https://example.com', 'http GET example.com', 'curl -X POST localhost:3000/x'] },
};

export const HTTP_TOOLS: readonly Tool[] = [
  // With a command, the command is judged; without one, what is typed there is nobody's to know.
  defineTool({ names: ['ssh', 'autossh'], grammar: { values: '-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w' }, harmless: '-V -G -Q', reads: ['* *'], otherwise: 'unknown', rules: [] }),
  defineTool({ names: ['curl', 'curlie'], grammar: { values: CURL_VALUES }, otherwise: 'read', rules: [API, SEND] }),
  defineTool({ names: ['http', 'https', 'xh', 'xhs', 'httpie'], grammar: { values: '-a --auth -A --auth-type --session -o --output --timeout --proxy --verify --cert -p --print --pretty -s --style --raw' }, harmless: '--offline', otherwise: 'read', rules: [API, SEND] }),
  defineTool({ names: ['wget'], grammar: { values: '-O --output-document -o --output-file --header --method --body-data --body-file --post-data --post-file -P --directory-prefix -U --user-agent -t --tries -T --timeout --user --password' }, otherwise: 'write', rules: [API] }),
];
