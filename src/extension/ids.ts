/** Every name that package.json and the code share. A test compares the two. */
export const COMMANDS = {
  review: 'countersign.review',
  approve: 'countersign.approve',
  deny: 'countersign.deny',
  breakGlass: 'countersign.breakGlass',
  reviewGlass: 'countersign.reviewGlass',
  cancel: 'countersign.cancel',
  copyRequest: 'countersign.copyRequest',
  copyLink: 'countersign.copyLink',
  takeRequest: 'countersign.takeRequest',
  enterToken: 'countersign.enterToken',
  setUp: 'countersign.setUp',
  copyRosterLine: 'countersign.copyRosterLine',
  importKeys: 'countersign.importKeys',
  proposeRules: 'countersign.proposeRules',
  acceptRules: 'countersign.acceptRules',
  refresh: 'countersign.refresh',
  showLog: 'countersign.showLog',
  openPanel: 'countersign.openPanel',
  runTask: 'countersign.runTask',
  runHeldTask: 'countersign.runHeldTask',
  openTask: 'countersign.openTask',
  applyFix: 'countersign.applyFix',
  runDrill: 'countersign.runDrill',
  gateAssistants: 'countersign.gateAssistants',
  suppress: 'countersign.suppress',
  requestApproval: 'countersign.requestApproval',
  explainStart: 'countersign.explainStart',
  scanWorkspace: 'countersign.scanWorkspace',
  postMortem: 'countersign.postMortem',
  exportLedger: 'countersign.exportLedger',
  showLedgerReport: 'countersign.showLedgerReport',
  filterHeld: 'countersign.filterHeld',
  clearHeldFilter: 'countersign.clearHeldFilter',
  filterAwaiting: 'countersign.filterAwaiting',
  clearAwaitingFilter: 'countersign.clearAwaitingFilter',
  filterLedger: 'countersign.filterLedger',
  clearLedgerFilter: 'countersign.clearLedgerFilter',
  showEdit: 'countersign.showEdit',
  keepEdit: 'countersign.keepEdit',
  revertEdit: 'countersign.revertEdit',
  requestEditApproval: 'countersign.requestEditApproval',
  applyEdit: 'countersign.applyEdit',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

export const VIEWS = {
  held: 'countersign.held',
  awaiting: 'countersign.awaiting',
  edits: 'countersign.edits',
  findings: 'countersign.findings',
  tasks: 'countersign.tasks',
  gates: 'countersign.gates',
  ledger: 'countersign.ledger',
} as const;

export const CONTEXT = {
  /** Whether the open folder has a roster on its protected branch. */
  enrolled: 'countersign.enrolled',
  /** What the person at this keyboard is here: `noRepository`, `notEnrolled` (nobody is on a list), `stranger` (others are) or `member`. */
  standing: 'countersign.standing',
  /** Whether what others say cannot be known at the moment. */
  inTrouble: 'countersign.inTrouble',
  /** Whether the review in front is of a request that waits for the person at this keyboard. */
  reviewWaiting: 'countersign.reviewWaiting',
  /** Whether a view shows only what fits a filter. */
  heldFiltered: 'countersign.heldFiltered',
  awaitingFiltered: 'countersign.awaitingFiltered',
  ledgerFiltered: 'countersign.ledgerFiltered',
} as const;

export const SETTINGS = { section: 'countersign', signingKey: 'signingKey', guardTerminals: 'guardTerminals', strictMode: 'strictMode', diagnostics: 'diagnostics', codeLens: 'codeLens' } as const;

export const REVIEW_SCHEME = 'countersign-review';
export const SEEN_SCHEME = 'countersign-seen';
export const DRAFT_SCHEME = 'countersign-draft';
export const DRILL_SCHEME = 'countersign-drill';

/** What chat assistants see of the gate. */
export const ASSISTANT_TOOL_NAMES = ['countersign_assess_command', 'countersign_request_approval', 'countersign_check_request'] as const;
