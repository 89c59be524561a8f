import * as vscode from 'vscode';
import { inert, inline } from '../../core/approval/display.js';
import { LEVELS, type Level } from '../../core/files/report.js';
import type { ProposedHunk } from '../../core/edits/proposal.js';
import type { ProposedEdit } from './proposed-edits.js';
import { spoken } from '../../core/say.js';

const RANKS: readonly Level[] = ['note', 'warning', 'error'];

/** Who did it: certain where an assistant said so before, a guess otherwise. */
export function byWhom({ author, change }: ProposedEdit): string {
  const who = author === undefined ? vscode.l10n.t('probably by another program') : vscode.l10n.t('by {0}', inline(author.name));
  switch (change) {
    case 'changed':
      return who;
    case 'new':
      return vscode.l10n.t('new, {0}', who);
    case 'deleted':
      return vscode.l10n.t('deleted, {0}', who);
  }
}

/** The same as a sentence about the file, with the first reason to look at it. */
export function notice(edit: ProposedEdit): string {
  const [file, reason] = [inline(vscode.workspace.asRelativePath(edit.path)), reasonsFor(edit.hunks[0], edit)[0]];
  const author = edit.author === undefined ? undefined : inline(edit.author.name);
  switch (edit.change) {
    case 'changed':
      return author === undefined ? vscode.l10n.t('{0} was changed, probably by another program. {1}', file, reason) : vscode.l10n.t('{0} was changed by {1}. {2}', file, author, reason);
    case 'new':
      return author === undefined ? vscode.l10n.t('{0} was created, probably by another program. {1}', file, reason) : vscode.l10n.t('{0} was created by {1}. {2}', file, author, reason);
    case 'deleted':
      return author === undefined ? vscode.l10n.t('{0} was deleted, probably by another program. {1}', file, reason) : vscode.l10n.t('{0} was deleted by {1}. {2}', file, author, reason);
  }
}

/** The same as a sentence that says how it is known. */
export function provenance({ author, change }: ProposedEdit): string {
  if (author === undefined && change === 'deleted') return vscode.l10n.t('Deleted by another program, probably: nobody deleted it in the editor.');
  return author === undefined
    ? vscode.l10n.t('Proposed by another program, probably: it arrived without typing.')
    : vscode.l10n.t('Proposed by {0}, whose hook announced exactly this edit.', inline(author.name));
}

/** Why a place has to be looked at, one sentence each. */
export function reasonsFor({ findings }: ProposedHunk, { reasons }: ProposedEdit): readonly [string, ...string[]] {
  const [first = '', ...others] = [...findings.map(({ message }) => message), ...reasons].map((reason) => inert(spoken(reason, vscode.l10n.t)));
  return [first, ...others];
}

/** How loudly a place is shown. */
export function levelOf({ findings }: ProposedHunk): Level {
  return RANKS[Math.max(0, ...findings.map(({ severity }) => RANKS.indexOf(LEVELS[severity])))] ?? 'note';
}

/** The line of a place, as people count; where lines are gone, the one that stands there now. */
export function lineOf({ hunk }: ProposedHunk): number {
  return hunk.after.start + 1;
}
