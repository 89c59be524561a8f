import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HOOK_TIMEOUT } from '../../../src/assistants/assistant.js';
import { COMMANDS, SETTINGS, VIEWS } from '../../../src/extension/ids.js';
import { manifest } from '../../harness/manifest.js';
import { repositoryRoot } from '../../harness/paths.js';

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly chatPlugins: readonly { readonly path: string }[];
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string; readonly icon?: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly group?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string; readonly markdownDescription?: string }>> };
  };
}

describe('the manifest', () => {
  const text = manifest();
  const { contributes, activationEvents, scripts, capabilities } = JSON.parse(text) as Manifest;
  const commands = contributes.commands.map((command) => command.command);

  it('names the commands, views and settings that the code has', () => {
    assert.deepEqual([...commands].sort(), [...Object.values(COMMANDS)].sort());
    assert.deepEqual(Object.values(contributes.views).flat().map((view) => view.id).sort(), [...Object.values(VIEWS)].sort());
    const { section, ...settings } = SETTINGS;
    assert.deepEqual(Object.keys(contributes.configuration.properties).sort(), Object.values(settings).map((name) => `${section}.${name}`).sort());
  });

  it('gives every command a category and a title in sentence case, and an icon where a menu shows one', () => {
    for (const command of contributes.commands) {
      assert.equal(command.category, 'Countersign');
      assert.match(command.title, /^[A-Z][^A-Z]*…?$/, command.title);
      const inline = Object.values(contributes.menus).flat().some((item) => item.command === command.command && /^(inline|navigation)/.test(item.group ?? ''));
      if (inline) assert.ok(command.icon, `${command.command} stands in a menu without an icon`);
    }
  });

  it('refers to commands and views that exist', () => {
    for (const item of Object.values(contributes.menus).flat()) assert.ok(commands.includes(item.command), item.command);
    for (const welcome of contributes.viewsWelcome) assert.ok((Object.values(VIEWS) as string[]).includes(welcome.view));
    for (const [, command] of text.matchAll(/\(command:(countersign\.\w+)\)/g)) assert.ok(commands.includes(command!), command);
  });

  it('has no setting that a workspace could weaken the gate with', () => {
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.ok(['machine', 'application'].includes(setting.scope ?? ''), name);
      assert.ok(setting.markdownDescription, name);
    }
    assert.deepEqual([...capabilities.untrustedWorkspaces.restrictedConfigurations].sort(), Object.keys(contributes.configuration.properties).sort());
  });

  it('is there before somebody starts a task, a terminal or a debugger', () => {
    for (const event of ['onStartupFinished', 'onTerminalShellIntegration:*', 'onDebug', 'onCommand:workbench.action.tasks.runTask']) assert.ok(activationEvents.includes(event), event);
  });

  it('brings a hook for the editor’s own agent, which may take as long as every other one', () => {
    const [plugin] = contributes.chatPlugins;
    const folder = path.join(repositoryRoot(), plugin?.path ?? '');
    assert.ok(existsSync(path.join(folder, '.plugin', 'plugin.json')));
    const { hooks } = JSON.parse(readFileSync(path.join(folder, 'hooks', 'hooks.json'), 'utf8')) as { hooks: { PreToolUse: readonly { linux: string; osx: string; timeout: number }[] } };
    for (const hook of hooks.PreToolUse) {
      assert.equal(hook.timeout, HOOK_TIMEOUT);
      for (const command of [hook.linux, hook.osx]) assert.equal(command, '/bin/sh "${PLUGIN_ROOT}/hooks/ask.sh"');
    }
    assert.ok(existsSync(path.join(folder, 'hooks', 'ask.sh')));
    assert.match(readFileSync(path.join(repositoryRoot(), '.vscodeignore'), 'utf8'), /^!chat-plugin\/\*\*$/m);
  });

  it('tidies up after itself', () => {
    assert.equal(scripts['vscode:uninstall'], 'node ./out/uninstall.js');
  });
});
