import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { clock } from '../world/clock.js';
import { reachOf } from '../broker/review-facts.js';
import { reviewOf } from '../broker/review-rules.js';
import { shortName, titleOf, type Reach } from '../broker/review.js';
import { CONTEXT, REVIEW_SCHEME } from './ids.js';
import type { DeskRequest, RequestsModel } from './requests-model.js';

/** The review of each request as a read-only text document that follows what happens to the request. */
export class ReviewDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  /** How far the requests reach whose reviews are open. */
  private readonly reaches = new Map<string, { readonly stop: AbortController; found: Reach }>();

  constructor(private readonly model: RequestsModel) {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(REVIEW_SCHEME, this),
      vscode.window.onDidChangeActiveTextEditor(() => this.tellWaiting()),
      // The document itself lives on for a while after its tab is closed.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof vscode.TabInputText && input.uri.scheme === REVIEW_SCHEME) this.forgetReach(input.uri.query);
      }),
      model.onDidChange(() => {
        this.tellWaiting();
        for (const document of vscode.workspace.textDocuments) if (document.uri.scheme === REVIEW_SCHEME) this.changed.fire(document.uri);
      }),
    ];
  }

  async open({ view }: DeskRequest): Promise<void> {
    const uri = reviewUri(view.digest, vscode.l10n.t('Review {0}: {1}', shortName(view), titleOf(view)));
    const document = await vscode.workspace.openTextDocument(uri);
    if (!this.reaches.has(view.digest)) this.changed.fire(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'countersign-review');
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** The request whose review is in front of the person, if one is. */
  active(): DeskRequest | undefined {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri?.scheme === REVIEW_SCHEME ? this.model.find(uri.query) : undefined;
  }

  /** The title bar offers to approve and deny only while that can be done, and to whom it is up. */
  private tellWaiting(): void {
    const digest = this.active()?.view.digest;
    void vscode.commands.executeCommand('setContext', CONTEXT.reviewWaiting, this.model.awaiting().some(({ view }) => view.digest === digest));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const found = this.model.find(uri.query);
    if (!found) return vscode.l10n.t('This request is not here any more. Refresh the Countersign view, or ask the requester for its text.');
    return reviewOf(found.view, found.desk, homedir(), clock(), this.reach(found, uri), vscode.l10n.t);
  }

  /** What is known by now. The review is there at once, and drawn anew when counting has ended. */
  private reach({ view, desk }: DeskRequest, uri: vscode.Uri): Reach {
    const known = this.reaches.get(view.digest);
    if (known) return known.found;
    const reach = { stop: new AbortController(), found: 'being counted' as Reach };
    this.reaches.set(view.digest, reach);
    const count = async (): Promise<void> => {
      reach.found = await reachOf(view, desk.repository, await desk.trust(), homedir(), reach.stop.signal);
      if (!reach.stop.signal.aborted) this.changed.fire(uri);
    };
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Counting how far it reaches') }, count).then(undefined, () => this.forgetReach(view.digest));
    return reach.found;
  }

  private forgetReach(digest: string): void {
    this.reaches.get(digest)?.stop.abort();
    this.reaches.delete(digest);
  }

  dispose(): void {
    for (const digest of [...this.reaches.keys()]) this.forgetReach(digest);
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }
}

function reviewUri(digest: string, title: string): vscode.Uri {
  // A slash in the title would make it look like a folder.
  return vscode.Uri.from({ scheme: REVIEW_SCHEME, path: `/${title.replaceAll('/', '∕')}`, query: digest });
}
