import type { NotifyPolicy } from '../policy/notify-policy.js';
import { hexOf, type Digest } from './canonical.js';
import { plain } from './display.js';

/** As long may a name be in a message, in characters. */
const MOST_OF_A_NAME = 100;
/** As many environments are named; a link to the review says the rest. */
const MOST_ENVIRONMENTS = 5;

/** What a chat hears about a request that waits: nothing of the command, its files or its reasons. */
export interface Notice {
  readonly digest: Digest;
  readonly requester: string;
  readonly repository: string;
  readonly environments: readonly string[];
  /** Unix seconds. */
  readonly expires: number;
  /** Opens the review in an editor. There is none that approves: a signature is made where the request was read. */
  readonly link: string;
}

/** What is posted to a webhook. */
export function messageFor(kind: NotifyPolicy['kind'], notice: Notice): object {
  return { slack: slackMessage, teams: teamsMessage, plain: plainMessage }[kind](notice);
}

function plainMessage(notice: Notice): object {
  const { digest, requester, repository, environments, expires, link } = notice;
  return { text: sentenceOf(notice), digest, requester: name(requester), repository: name(repository), environments: environments.map(name), expires: time(expires), link };
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slackMessage(notice: Notice): object {
  const words = (text: string) => ({ type: 'plain_text', text: escapeSlack(text), emoji: false });
  return {
    text: escapeSlack(sentenceOf(notice)),
    blocks: [
      { type: 'section', text: words(sentenceOf(notice)) },
      // Only the link is in Slack's markup: names cannot mention a channel, or look like a link.
      { type: 'section', text: { type: 'mrkdwn', text: `<${notice.link}|Open the review>`, verbatim: true } },
      { type: 'context', elements: [words(notice.digest)] },
    ],
  };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using. Runs of a
 * RichTextBlock are never read as Markdown, unlike a TextBlock. Teams opens web addresses only, so that the link is there to be copied.
 */
function teamsMessage(notice: Notice): object {
  const block = (text: string, style: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [block(sentenceOf(notice)), block(notice.link, { fontType: 'Monospace' }), block(notice.digest, { fontType: 'Monospace', isSubtle: true, size: 'Small' })],
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] };
}

function sentenceOf({ digest, requester, repository, environments, expires }: Notice): string {
  const named = environments.slice(0, MOST_ENVIRONMENTS).map(name).join(', ');
  const more = environments.length > MOST_ENVIRONMENTS ? ` and ${environments.length - MOST_ENVIRONMENTS} more` : '';
  return `${name(requester)} asks for approval in ${name(repository)}${named === '' ? '' : `, for ${named}${more}`}, until ${time(expires)}. Request ${hexOf(digest).slice(0, 8)}.`;
}

function name(text: string): string {
  const shown = plain(text);
  return shown.length > MOST_OF_A_NAME ? `${shown.slice(0, MOST_OF_A_NAME)}...` : shown;
}

function time(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
}
