import * as vscode from 'vscode';

/** A tree whose rows are made anew whenever its source changes. */
export class ListView<Row> implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Row>;
  private readonly subscription: vscode.Disposable;

  constructor(
    id: string,
    source: vscode.Event<unknown>,
    private readonly rows: (parent: Row | undefined) => readonly Row[] | Promise<readonly Row[]>,
    private readonly item: (row: Row) => vscode.TreeItem,
    onChange: (view: vscode.TreeView<Row>) => void = () => undefined,
  ) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this });
    this.subscription = source(() => {
      this.changed.fire(undefined);
      onChange(this.view);
    });
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    return [...(await this.rows(parent))];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return this.item(row);
  }

  dispose(): void {
    vscode.Disposable.from(this.subscription, this.changed, this.view).dispose();
  }
}
