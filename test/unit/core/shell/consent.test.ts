import assert from 'node:assert/strict';
import { speaksForPerson } from '../../../../src/core/shell/consent.js';
import { parseShell } from '../../../../src/core/shell/shell.js';

const voice = (text: string) => speaksForPerson(parseShell(text, 'bash', { cwd: '/w', home: '/home/u', env: () => undefined }).invocations);

describe('what speaks in a person’s name', () => {
  for (const text of ['countersign approve 1a2b3c4d', 'countersign approve --yes 1a2b3c4d', 'countersign --json approve 1a2b', 'countersign --target production --reason x approve 1a2b', 'countersign rules --yes accept', 'npx countersign approve 1a2b', '/opt/bin/countersign approve 1a2b', 'env -u AI_AGENT countersign approve 1a2b', 'env -u AI_AGENT node ~/.vscode/extensions/countersign.countersign-0.1.0/out/cli.js approve --yes 1a2b', 'cd x && countersign deny --reason no 1a2b', 'countersign reviewed --reason fine 1a2b', 'countersign break-glass -- make deploy', 'countersign rules accept', 'bash -c "countersign approve 1a2b"', 'ssh-keygen -Y sign -n countersign-approval -f ~/.ssh/id_ed25519 statement', 'ssh-keygen -Ysign -ncountersign-record -f key x', 'printf x | ssh-keygen -Y sign -f key -n countersign-approval']) {
    it(`is: ${text}`, () => assert.notEqual(voice(text), undefined));
  }
  for (const text of ['countersign pending', 'countersign review approve', 'countersign run --reason x -- make approve', 'countersign check -- countersign-approve', 'countersign run -- make deploy', 'countersign request --reason approve -- make', 'countersign rules status', 'countersign rules propose', 'countersign verify cs1.a.b', 'echo countersign approve 1a2b', 'node ~/.vscode/extensions/countersign.countersign-0.1.0/out/cli.js pending', 'node build/cli.js approve', 'ssh-keygen -Y sign -n git -f key x', 'ssh-keygen -Y verify -n countersign-approval -f signers -I ana -s x.sig', 'git commit -S -m approve']) {
    it(`is not: ${text}`, () => assert.equal(voice(text), undefined));
  }
});
