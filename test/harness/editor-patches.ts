import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Raise this when the list below changes: an editor in the cache is then patched anew. */
const REVISION = '1';

interface Patch {
  readonly why: string;
  readonly file: string;
  /** What the build holds, and what it holds once patched. */
  readonly from: RegExp;
  readonly to: string;
  readonly done: RegExp;
}

const name = '[\\w$]+';
const thrower = `function ${name}\\(${name},${name}\\)\\{if\\(!\\1\\(${name},${name}\\)\\)throw new Error\\(\`Extension '\\$\\{${name}\\.identifier\\.value\\}' CANNOT use API proposal`;

/** The server build lets every extension use proposed API; users' editors do not, so neither may the one we test in. */
const proposedApiGate = (file: string): Patch => ({
  why: 'proposed API only for extensions that declare it',
  file,
  from: new RegExp(`function (${name})\\((${name}),(${name})\\)\\{return!0\\}(?=${thrower})`, 'g'),
  to: 'function $1($2,$3){return!!$2.enabledApiProposals?.includes($3)}',
  done: new RegExp(`function (${name})\\((${name}),(${name})\\)\\{return!!\\2\\.enabledApiProposals\\?\\.includes\\(\\3\\)\\}(?=${thrower})`),
});

const patches: readonly Patch[] = [
  proposedApiGate('out/vs/code/browser/workbench/workbench.js'),
  proposedApiGate('out/vs/workbench/api/node/extensionHostProcess.js'),
  proposedApiGate('out/vs/workbench/api/worker/extensionHostWorkerMain.js'),
  {
    // Otherwise only with the smoke test driver, which hides notifications: tests would not see what a user sees.
    why: 'a development extension without the smoke test driver',
    file: 'out/vs/code/browser/workbench/workbench.js',
    from: /if\(this\.payload&&\(!this\.isBuilt\|\|this\.enableSmokeTestDriver\)\)for\(/g,
    to: 'if(this.payload)for(',
    done: /if\(this\.payload\)for\(/,
  },
];

/** Makes the server build behave like a user's editor where it differs on purpose. Throws when it no longer can. */
export function patchEditor(root: string): void {
  const marker = path.join(root, 'countersign-patches');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === REVISION) return;
  for (const patch of patches) {
    const file = path.join(root, patch.file);
    const before = readFileSync(file, 'utf8');
    const hits = before.match(patch.from)?.length ?? 0;
    if (hits === 0 && patch.done.test(before)) continue;
    if (hits !== 1) {
      throw new Error(`Cannot patch the editor (${patch.why}): ${hits} places match in ${patch.file}; the patch needs a look for this version.`);
    }
    writeFileSync(`${file}.new`, before.replace(patch.from, patch.to));
    renameSync(`${file}.new`, file);
  }
  writeFileSync(marker, REVISION);
}
