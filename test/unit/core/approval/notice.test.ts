import assert from 'node:assert/strict';
import { sha256 } from '../../../../src/core/approval/canonical.js';
import { messageFor, type Notice } from '../../../../src/core/approval/notice.js';

const digest = sha256('a request');
const short = digest.slice('sha256:'.length, 'sha256:'.length + 8);
const link = `vscode://countersign.countersign/review?${digest}`;
const notice = (changes: Partial<Notice> = {}): Notice => ({ digest, requester: 'ana@x.example', repository: 'payments', environments: ['production'], expires: 1_790_000_000, link, ...changes });
const text = `ana@x.example asks for approval in payments, for production, until 2026-09-21T14:13Z. Request ${short}.`;

/** Every text of a message, wherever in it. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe('what a chat hears of a request', () => {
  it('is plain JSON', () => {
    assert.deepEqual(messageFor('plain', notice()), { text, digest, requester: 'ana@x.example', repository: 'payments', environments: ['production'], expires: '2026-09-21T14:13Z', link });
  });

  it('is blocks for Slack', () => {
    assert.deepEqual(messageFor('slack', notice()), {
      text,
      blocks: [
        { type: 'section', text: { type: 'plain_text', text, emoji: false } },
        { type: 'section', text: { type: 'mrkdwn', text: `<${link}|Open the review>`, verbatim: true } },
        { type: 'context', elements: [{ type: 'plain_text', text: digest, emoji: false }] },
      ],
    });
  });

  it('is a card for Teams', () => {
    const run = (words: string, style: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: words, ...style }] });
    const content = { $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.2', body: [run(text), run(link, { fontType: 'Monospace' }), run(digest, { fontType: 'Monospace', isSubtle: true, size: 'Small' })] };
    assert.deepEqual(messageFor('teams', notice()), { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] });
  });

  for (const kind of ['plain', 'slack', 'teams'] as const) {
    it(`has nothing to press that decides (${kind})`, () => assert.doesNotMatch(JSON.stringify(messageFor(kind, notice())), /action|button|approve[^d]|deny/i));

    it(`names five environments, and how many more there are (${kind})`, () => {
      const environments = Array.from({ length: 8 }, (_, index) => `prod-${index}`);
      assert.ok(textsIn(messageFor(kind, notice({ environments }))).some((found) => found.includes('for prod-0, prod-1, prod-2, prod-3, prod-4 and 3 more, until')));
    });

    it(`says nothing of where it lands when nothing says so (${kind})`, () => assert.ok(textsIn(messageFor(kind, notice({ environments: [] }))).some((found) => found.includes('in payments, until'))));
  }

  const hostile: readonly [what: string, name: string, plain: string, slack: string][] = [
    ['a mention of everybody', '<!channel>', '<!channel>', '&lt;!channel&gt;'],
    ['a link of Slack', '<https://evil.example|Approve>', '<https://evil.example|Approve>', '&lt;https://evil.example|Approve&gt;'],
    ['an entity', '&lt;!here&gt;', '&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
    ['a link of Markdown', '[Approve](https://evil.example)', '[Approve](https://evil.example)', '[Approve](https://evil.example)'],
    ['text that turns round', 'prod\u202egnigats', 'prod\\u{202e}gnigats', 'prod\\u{202e}gnigats'],
    ['a line of its own', 'x\nApproved.', 'x\\u{a}Approved.', 'x\\u{a}Approved.'],
    ['a name without end', 'a'.repeat(5000), `${'a'.repeat(100)}...`, `${'a'.repeat(100)}...`],
  ];
  for (const [what, name, plain, slack] of hostile) {
    it(`takes ${what} for a name`, () => {
      const sentence = (shown: string) => `${shown} asks for approval in ${shown}, for ${shown}, until 2026-09-21T14:13Z. Request ${short}.`;
      const strange = notice({ requester: name, repository: name, environments: [name] });
      const constants = (kind: 'slack' | 'teams') => textsIn(messageFor(kind, notice())).filter((found) => found !== text);
      assert.deepEqual(messageFor('plain', strange), { ...messageFor('plain', notice()), text: sentence(plain), requester: plain, repository: plain, environments: [plain] });
      assert.deepEqual(textsIn(messageFor('slack', strange)).filter((found) => found !== sentence(slack)), constants('slack'));
      // Runs are never read as Markdown, so that nothing in them needs escaping.
      assert.deepEqual(textsIn(messageFor('teams', strange)).filter((found) => found !== sentence(plain)), constants('teams'));
    });
  }
});
