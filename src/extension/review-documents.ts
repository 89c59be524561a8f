import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { clock } from '../world/clock.js';
import { reviewOf } from '../broker/review-rules.js';
import { shortName, titleOf } from '../broker/review.js';
import { CONTEXT, REVIEW_SCHEME } from './ids.js';
import type { DeskRequest, RequestsModel } from './requests-model.js';

/** The review of each request as a read-only text document that follows what happens to the request. */
export class ReviewDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly model: RequestsModel) {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(REVIEW_SCHEME, this),
      vscode.window.onDidChangeActiveTextEditor(() => this.tellWaiting()),
      model.onDidChange(() => {
        this.tellWaiting();
        for (const document of vscode.workspace.textDocuments) if (document.uri.scheme === REVIEW_SCHEME) this.changed.fire(document.uri);
      }),
    ];
  }

  async open({ view }: DeskRequest): Promise<void> {
    const document = await vscode.workspace.openTextDocument(reviewUri(view.digest, `Review ${shortName(view)}: ${titleOf(view)}`));
    await vscode.languages.setTextDocumentLanguage(document, 'countersign-review');
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** The request whose review is in front of the person, if one is. */
  active(): DeskRequest | undefined {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri?.scheme === REVIEW_SCHEME ? this.model.find(uri.query) : undefined;
  }

  /** The title bar offers to approve and deny only while that can be done. */
  private tellWaiting(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT.reviewWaiting, this.active()?.view.state === 'waiting');
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const found = this.model.find(uri.query);
    if (!found) return vscode.l10n.t('This request is not here any more. Refresh the Countersign view, or ask the requester for its text.');
    return reviewOf(found.view, found.desk, homedir(), clock());
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }
}

function reviewUri(digest: string, title: string): vscode.Uri {
  // A slash in the title would make it look like a folder.
  return vscode.Uri.from({ scheme: REVIEW_SCHEME, path: `/${title.replaceAll('/', '∕')}`, query: digest });
}
