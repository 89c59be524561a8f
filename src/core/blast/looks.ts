import type { EnvironmentPattern, Subject } from '../assess/assessment.js';
import { Assessor } from '../assess/assessor.js';
import type { Touched } from '../assess/assessor.js';
import { Use } from '../rules/use.js';
import type { World } from '../world.js';
import { gitLooks } from './git-looks.js';
import type { Look } from './look.js';
import { fileLooks } from './path-looks.js';
import { objectLooks, planLooks, tableLooks } from './tool-looks.js';

/** Nobody reads about more. */
const MOST_LOOKS = 24;

/** What to look at for a call, by the rule that spoke about it. */
const BY_RULE: ReadonlyMap<string, (use: Use, home: string) => readonly Look[]> = new Map([...fileLooks, ...gitLooks, ...planLooks, ...objectLooks]);

/**
 * What to look at to know how far an operation reaches, in the order in which it would happen, each once. Pure, and
 * never throws: what cannot be understood has no looks. The text is assessed again, because nobody asks for this but
 * people who review.
 */
export function looksOf(subject: Subject, environments: readonly EnvironmentPattern[], world: World): readonly Look[] {
  const looks = new Map<string, Look>();
  const watch = ({ rule, by }: Touched): void => {
    const found = by instanceof Use ? (BY_RULE.get(rule)?.(by, world.home) ?? []) : tableLooks(by);
    for (const look of found) if (looks.size < MOST_LOOKS) looks.set(JSON.stringify(look), look);
  };
  try {
    new Assessor(environments, world, watch).run(subject);
  } catch {
    return [];
  }
  return [...looks.values()];
}
