import { ASSISTANTS } from './assistants.js';
import type { Agent } from './call.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What any assistant may call itself by in the environment of what it starts: Claude Code and VS Code do, among others. */
const ANY_MARK = 'AI_AGENT';
/** As much of a session's name goes into a request. */
const LONGEST_SESSION = 200;

/**
 * The assistant that started something, by what it left in the environment; undefined for a person. It is what the
 * environment says and no proof: it only ever makes a gate ask for more.
 *
 * @param around the environment of whoever looks: an editor that an assistant started gives its marks to everybody
 */
export function agentIn(environment: Environment, around: Environment = {}): Agent | undefined {
  const isMarked = (name: string) => (environment[name] ?? '') !== '' && environment[name] !== around[name];
  const assistant = ASSISTANTS.find(({ marks }) => marks.some(isMarked));
  if (!assistant) return isMarked(ANY_MARK) ? { name: 'an assistant', session: '' } : undefined;
  const { name, sessionMark } = assistant;
  return { name, session: ((sessionMark && environment[sessionMark]) ?? '').slice(0, LONGEST_SESSION) };
}
