// What VS Code runs once the extension has been uninstalled (vscode:uninstall): removes what was written to the user's
// machine for shells to find. What belongs to people stays: incidents not yet recorded, and which approvals were used.
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

for (const name of ['gate', 'windows']) rmSync(path.join(homedir(), '.countersign', name), { recursive: true, force: true });
