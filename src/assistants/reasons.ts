/**
 * What an assistant reads when its call is held. It says what was held and why, what would be safer, and that a person
 * decides. Nothing in it could be taken for a yes, and nothing that comes from outside is repeated but names.
 */

/** Said to every assistant: the other ways lead to the same gate. */
const NO_WAY_ROUND = 'Do not look for another way to do the same: scripts, other tools, shells and files are gated as well, and asking again does not help.';

export type HeldKind = 'task' | 'command' | 'edit' | 'tool';
const THING: Readonly<Record<HeldKind, string>> = { task: 'task', command: 'command', edit: 'edit', tool: 'tool call' };

export interface Held {
  readonly kind: HeldKind;
  /** Why, as a sentence. */
  readonly why: string;
  /** A safer way, as a sentence. */
  readonly safer: string | undefined;
}

/** A teammate was asked. */
export function waitingReason({ kind, why, safer }: Held, request: string): string {
  const again = { task: 'Run exactly the same task', command: 'Run exactly the same command', edit: 'Make exactly the same edit', tool: 'Make exactly the same call' }[kind];
  return said(`Countersign holds this ${THING[kind]}, and it was not done. ${why}`, safer, `Waiting for approval ${request}: a teammate has been asked and decides, not you and not the user. ${again} again once the user tells you that it is approved. Meanwhile go on with other work, or end your turn.`);
}

/** It cannot be asked for, or it was refused. */
export function refusedReason({ kind, why, safer }: Held, because: string): string {
  return said(`Countersign holds this ${THING[kind]}, and it was not done. ${why}`, safer, because);
}

/** Only the person at the keyboard may do it. */
export function personReason({ kind, why, safer }: Held): string {
  return said(`Countersign holds this ${THING[kind]}, and it was not done. ${why}`, safer, `Only a person does this. Tell the user what you want to do and why, and let them do it.`);
}

/** What the assistant shows to its person, who is asked. */
export function questionReason({ kind, why, safer }: Held): string {
  return `Countersign: the assistant wants to make this ${THING[kind]}. ${why}${safer === undefined ? '' : ` Safer: ${safer}`}`;
}

export function deniedReason({ kind, why, safer }: Held): string {
  return said(`Countersign: the policy denies this ${THING[kind]}, and it was not done. ${why}`, safer);
}

/** It could not be judged. */
export function unknownReason(problem: string): string {
  return said(`Countersign could not judge this, so it was not done. ${problem}`, undefined);
}

function said(first: string, safer: string | undefined, ...rest: readonly string[]): string {
  return [first, ...(safer === undefined ? [] : [`Safer: ${safer}`]), ...rest, NO_WAY_ROUND].join(' ');
}
