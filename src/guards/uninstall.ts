// What VS Code runs once the extension has been uninstalled (vscode:uninstall): removes what was written to the user's
// machine for shells and assistants to find. What belongs to people stays: incidents not yet recorded, and which
// approvals were used.
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ASSISTANTS } from '../assistants/assistants.js';
import { remove } from '../assistants/install/install.js';

for (const assistant of ASSISTANTS) {
  try {
    remove(assistant, 'user', { home: homedir(), project: undefined, searchPath: '' });
  } catch (error) {
    // A hook that is gone stops some assistants altogether, so their person is told.
    process.stderr.write(`${assistant.name}: its configuration still names Countersign's hook. ${error instanceof Error ? error.message : ''}\n`);
  }
}
for (const name of ['gate', 'windows', 'calls']) rmSync(path.join(homedir(), '.countersign', name), { recursive: true, force: true });
