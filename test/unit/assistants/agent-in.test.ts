import assert from 'node:assert/strict';
import { agentIn } from '../../../src/assistants/agent-in.js';
import { ASSISTANTS } from '../../../src/assistants/assistants.js';

const PLAIN = { HOME: '/home/u', PATH: '/usr/bin', TERM_PROGRAM: 'vscode', AGENT: '1' };

describe('who started something, by its environment', () => {
  it('is a person unless an assistant left its mark', () => {
    assert.equal(agentIn(PLAIN), undefined);
    assert.equal(agentIn({ ...PLAIN, CLAUDECODE: '' }), undefined);
  });

  for (const { name, marks, sessionMark } of ASSISTANTS) {
    for (const mark of marks) it(`is ${name} with ${mark}`, () => assert.deepEqual(agentIn({ ...PLAIN, [mark]: 's-1', ...(sessionMark && { [sessionMark]: 's-1' }) }), { name, session: sessionMark === undefined ? '' : 's-1' }));
  }

  it('is some assistant where it says no more', () => assert.equal(agentIn({ ...PLAIN, AI_AGENT: 'someone_new' })?.name, 'an assistant'));

  it('is not whoever started the editor, whose environment everything in it has', () => {
    assert.equal(agentIn({ ...PLAIN, CLAUDECODE: '1' }, { CLAUDECODE: '1' }), undefined);
    assert.equal(agentIn({ ...PLAIN, CLAUDECODE: '1', GEMINI_CLI: '1' }, { CLAUDECODE: '1' })?.name, 'Gemini CLI');
  });
});
