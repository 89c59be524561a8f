/** Every name that package.json and the code share. A test compares the two. */
export const COMMANDS = {
  review: 'countersign.review',
  approve: 'countersign.approve',
  deny: 'countersign.deny',
  cancel: 'countersign.cancel',
  copyRequest: 'countersign.copyRequest',
  copyLink: 'countersign.copyLink',
  takeRequest: 'countersign.takeRequest',
  enterToken: 'countersign.enterToken',
  setUp: 'countersign.setUp',
  copyRosterLine: 'countersign.copyRosterLine',
  refresh: 'countersign.refresh',
  showLog: 'countersign.showLog',
  openPanel: 'countersign.openPanel',
  runTask: 'countersign.runTask',
} as const;

export const VIEWS = {
  held: 'countersign.held',
  awaiting: 'countersign.awaiting',
  tasks: 'countersign.tasks',
  gates: 'countersign.gates',
  ledger: 'countersign.ledger',
} as const;

export const CONTEXT = {
  /** Whether the open folder has a roster on its protected branch. */
  enrolled: 'countersign.enrolled',
  /** Whether the review in front is of a request that waits. */
  reviewWaiting: 'countersign.reviewWaiting',
} as const;

export const SETTINGS = { section: 'countersign', signingKey: 'signingKey' } as const;

export const REVIEW_SCHEME = 'countersign-review';
export const EXTENSION_ID = 'countersign.countersign';
