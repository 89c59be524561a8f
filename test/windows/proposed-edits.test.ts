import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gateDirectory } from '../../src/guards/install.js';
import { environmentOf, git } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { press, rows, Scene, told, withScene } from './scene.js';

const VIEW = 'Proposed edits';
const MIGRATION = 'migrations/20261120_ledger_index.sql';
const SAFE = `-- Settled entries are looked up every night.
BEGIN;

CREATE INDEX ledger_entries_settled ON ledger_entries (settled_at);

COMMIT;
`;
const TERRAFORM = 'infra/main.tf';

/** What comes into open files without typing, and what a person does about it. */
describe('edits that nobody typed', () => {
  const scene = withScene('proposed-edits', async () => {
    const opened = await Scene.open({ seats: ['ana'], settings: { 'workbench.editor.enablePreview': false, 'editor.autoClosingBrackets': 'never' } });
    const { ana } = opened.team;
    writeFileSync(path.join(ana.clone, MIGRATION), SAFE);
    git(ana, ana.clone, 'add', '--all');
    git(ana, ana.clone, 'commit', '--quiet', '-m', 'An index for the nightly settlement');
    git(ana, ana.clone, 'checkout', '--quiet', '-b', 'cleanup');
    writeFileSync(path.join(ana.clone, MIGRATION), SAFE.replace('CREATE INDEX', 'DROP TABLE legacy_charges;\nCREATE INDEX'));
    git(ana, ana.clone, 'commit', '--quiet', '--all', '-m', 'Drop what is left of the old charges');
    git(ana, ana.clone, 'checkout', '--quiet', 'main');
    await opened.ana.openFile(TERRAFORM);
    await opened.ana.openFile(MIGRATION);
    await waitFor(async () => (await opened.ana.editorText()).includes('CREATE INDEX'), { message: 'the migration to be open' });
    await opened.ana.openView(VIEW);
    return opened;
  });

  const file = (name: string) => path.join(scene().team.ana.clone, name);
  const text = (name: string) => readFileSync(file(name), 'utf8');
  /** Another program writes it. */
  const sed = (script: string, name: string) => execFileSync('sed', ['-i', script, file(name)]);
  const listed = (count: number) => rows(scene().ana, VIEW, count, 30_000);
  const nothing = () => waitFor(async () => (await scene().ana.viewText(VIEW)).includes('Nothing to look at.'), { message: 'nothing to be proposed', timeout: 30_000 });

  /** What was there before this one, if anything, would be listed by now. */
  async function onlyThisIsListed(): Promise<void> {
    sed('s/deletion_protection = true/deletion_protection = false/', TERRAFORM);
    assert.match((await listed(2)).join('\n'), /^main\.tf probably by another program\n/);
    await scene().ana.treeAction(VIEW, 'main.tf', 'Revert the change');
    await nothing();
    await waitFor(() => text(TERRAFORM).includes('deletion_protection = true'), { message: 'the file to be saved' });
  }

  it('are told about, shown beside what was seen last, and given back, on disk too', async () => {
    const { ana } = scene();
    await nothing();
    sed('s/^CREATE INDEX.*/DROP TABLE ledger_entries;/', MIGRATION);
    await told(ana, /^migrations\/20261120_ledger_index\.sql was changed, probably by another program\. .*ledger_entries/, 30_000);
    const [row, place] = await listed(2);
    assert.equal(row, '20261120_ledger_index.sql probably by another program');
    assert.match(place ?? '', /ledger_entries.* line 4$/);
    await press(ana, 'Show the change', 'ledger_index');
    const sides = ana.page.locator('.monaco-diff-editor .editor');
    await waitFor(async () => (await sides.allInnerTexts()).join('').replace(/\u00a0/g, ' ').includes('DROP TABLE'), { message: 'the difference' });
    assert.match((await sides.first().innerText()).replace(/\u00a0/g, ' '), /CREATE INDEX/);
    await scene().picture('proposed-edits-difference');
    await ana.command('View: Toggle Problems');
    await waitFor(async () => /Proposed by another program, probably: it arrived without typing\./.test((await ana.page.locator('.markers-panel').innerText()).replace(/\u00a0/g, ' ')), { message: 'the problem to say where it is from' });
    await ana.command('View: Toggle Problems');
    await ana.treeAction(VIEW, '20261120', 'Revert the change');
    await waitFor(() => text(MIGRATION) === SAFE, { message: 'the migration to be as it was' });
    await nothing();
  });

  it('stay when they are kept, and are not asked about again', async () => {
    const { ana } = scene();
    sed('s/^CREATE INDEX.*/DROP TABLE ledger_entries;/', MIGRATION);
    await listed(2);
    await ana.command('Countersign: Keep the change');
    await nothing();
    assert.match(text(MIGRATION), /DROP TABLE ledger_entries;/);
    sed('s/every night/every evening/', MIGRATION);
    await onlyThisIsListed();
  });

  it('are decided on place by place', async () => {
    const { ana } = scene();
    sed('s/deletion_protection = true/deletion_protection = false/; s/prevent_destroy = true/prevent_destroy = false/', TERRAFORM);
    await listed(3);
    await ana.treeAction(VIEW, 'line 19', 'Revert the change');
    await waitFor(() => text(TERRAFORM).includes('prevent_destroy = true'), { message: 'one place to be given back' });
    assert.match(text(TERRAFORM), /deletion_protection = false/);
    await listed(2);
    await ana.command('Countersign: Revert the change');
    await nothing();
    await waitFor(() => text(TERRAFORM).includes('deletion_protection = true'), { message: 'the file to be saved' });
  });

  it('are none of what another program writes when it makes nothing worse', async () => {
    await scene().ana.openFile(MIGRATION);
    writeFileSync(file(MIGRATION), SAFE.replace('night', 'evening'));
    await waitFor(async () => (await scene().ana.editorText()).includes('every evening'), { message: 'the editor to read it' });
    await onlyThisIsListed();
  });

  it('come with another branch too', async () => {
    const { ana } = scene().team;
    writeFileSync(file(MIGRATION), SAFE);
    await waitFor(async () => (await scene().ana.editorText()).includes('every night'), { message: 'the editor to read it' });
    await nothing();
    git(ana, ana.clone, 'checkout', '--quiet', 'cleanup');
    assert.match((await listed(2)).join('\n'), /probably by another program\n.*legacy_charges/);
    git(ana, ana.clone, 'checkout', '--quiet', 'main');
    await nothing();
  });

  it('are certainly an assistant’s when its hook announced exactly them', async () => {
    const { ana } = scene().team;
    const input = { file_path: file(MIGRATION), old_string: 'COMMIT;', new_string: 'DROP TABLE charges;\nCOMMIT;' };
    const call = { session_id: 's1', transcript_path: '/x/.claude/t', cwd: ana.clone, permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name: 'Edit', tool_input: input };
    const asked = spawnSync(path.join(gateDirectory(ana.home), 'hook'), ['--from', 'claude-code/user'], { cwd: ana.clone, env: environmentOf(ana), input: JSON.stringify(call), encoding: 'utf8', timeout: 50_000 });
    // Its person is asked, says yes, and it writes.
    assert.match(asked.stdout, /"permissionDecision":"ask"/, asked.stderr);
    writeFileSync(file(MIGRATION), text(MIGRATION).replace(input.old_string, input.new_string));
    assert.match((await listed(2)).join('\n'), /^20261120_ledger_index\.sql by Claude Code\n.*charges/);
  });

  it('are none of what the person types', async () => {
    const { ana } = scene();
    writeFileSync(file(MIGRATION), SAFE);
    await ana.openFile(MIGRATION);
    await waitFor(async () => !(await ana.editorText()).includes('DROP TABLE'), { message: 'the migration to be safe again' });
    await nothing();
    await ana.page.locator('.editor-group-container.active .monaco-editor .view-lines').first().click();
    await ana.page.keyboard.press('Control+End');
    await ana.page.keyboard.type('DROP TABLE ledger_entries;\nDROP TABLE charges;');
    await ana.page.locator('.editor-group-container.active .squiggly-error, .editor-group-container.active .squiggly-warning').first().waitFor({ timeout: 30_000 });
    await onlyThisIsListed();
    await ana.command('File: Save');
    await waitFor(() => text(MIGRATION).includes('DROP TABLE charges;'), { message: 'the typed words to be saved' });
    await nothing();
  });
});
