import * as vscode from 'vscode';

/** Happens whenever one of these does. */
export function oneOf(...events: readonly vscode.Event<void>[]): vscode.Event<void> {
  return (listener) => vscode.Disposable.from(...events.map((event) => event(listener)));
}

/**
 * A tree whose rows are made anew whenever its source changes. They are found before the tree is told, so that those on
 * the screen stay, and can be pressed, until the new ones are there.
 */
export class ListView<Row> implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Row>;
  private readonly subscription: vscode.Disposable;
  private found: readonly Row[] | undefined;
  private isLooking = false;
  private isStale = false;

  constructor(
    id: string,
    source: vscode.Event<unknown>,
    private readonly rows: (parent: Row | undefined) => readonly Row[] | Promise<readonly Row[]>,
    private readonly item: (row: Row) => vscode.TreeItem,
    onChange: (view: vscode.TreeView<Row>) => void = () => undefined,
  ) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this });
    this.subscription = source(() => {
      onChange(this.view);
      void this.renew();
    });
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    const found = parent === undefined ? this.found : undefined;
    if (found) this.found = undefined;
    return [...(found ?? (await this.rows(parent)))];
  }

  private async renew(): Promise<void> {
    this.isStale = true;
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        // A hidden tree asks when it is shown. What fails is asked again by the tree, which shows it.
        this.found = this.view.visible ? await Promise.resolve(this.rows(undefined)).catch(() => undefined) : undefined;
        this.changed.fire(undefined);
      }
    } finally {
      this.isLooking = false;
    }
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return this.item(row);
  }

  dispose(): void {
    vscode.Disposable.from(this.subscription, this.changed, this.view).dispose();
  }
}
