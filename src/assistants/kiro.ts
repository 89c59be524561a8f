import { HOOK_TIMEOUT, type Assistant, type Dialect } from './assistant.js';
import { fieldOf, objectOf, textIn } from './payload.js';
import { snakeCall } from './reads.js';
import { appends, deletes, editor, looks, named, powershell, replaces, shell, type ToolReader } from './tools.js';

/** Only exit code 2 with a reason on standard error blocks; what is printed besides is for people. */
export const EXIT_CODE_ONLY: Dialect = { deny: (reason) => ({ decision: 'block', reason }) };

/** The AWS tool of Kiro's and Amazon Q's command lines, as the command that it is. */
const aws: ToolReader = (input) => {
  const call = objectOf(input);
  const [service, operation] = [textIn(call, 'service_name'), textIn(call, 'operation_name')];
  if (service === undefined || operation === undefined) return [{ kind: 'unclear', reason: 'The AWS call names no operation.' }];
  const [profile, region] = [textIn(call, 'profile_name'), textIn(call, 'region')];
  const words = ['aws', ...(profile === undefined ? [] : ['--profile', profile]), ...(region === undefined ? [] : ['--region', region]), service, operation.replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase()];
  const parameters = Object.entries(objectOf(fieldOf(call, 'parameters')) ?? {}).flatMap(([name, value]) => [`--${name}`, typeof value === 'string' ? value : JSON.stringify(value)]);
  return shell({ command: [...words, ...parameters] });
};

/** The tools of Kiro's IDE and command line, and of the Amazon Q command line that it came from. */
export const KIRO_TOOLS: Readonly<Record<string, ToolReader>> = {
  ...named('execute_bash shell executeBash control_bash_process', shell),
  ...named('execute_pwsh execute_cmd', powershell),
  ...named('fs_write write', editor),
  ...named('fs_append', appends),
  ...named('str_replace', replaces),
  ...named('delete_file', deletes),
  use_aws: aws,
  aws,
  ...named('fs_read read read_file read_files read_multiple_files list_directory file_search grep_search grep glob get_diagnostics list_processes report_issue knowledge thinking introspect todo_list web_search web_fetch remote_web_search delegate use_subagent task_status', looks),
};

export const kiroSample = (event: string) => (command: string, cwd: string): object => ({ session_id: 'sess_drill', hook_event_name: event, cwd, tool_name: 'execute_bash', tool_input: { command } });

const text = (command: string) =>
  `${JSON.stringify({ version: 'v1', hooks: [{ name: 'countersign', trigger: 'PreToolUse', action: { type: 'command', command }, timeout: HOOK_TIMEOUT, enabled: true }] }, undefined, 2)}\n`;

/** The IDE since 1.0, and the command line since 3.0. */
export const kiro: Assistant = {
  id: 'kiro',
  name: 'Kiro',
  programs: ['kiro'],
  folders: ['.kiro'],
  marks: [],
  hook: 'PreToolUse',
  failsOpen: 'yes: anything but exit code 2 with a reason',
  next: 'shell guard, shims',
  // Its IDE was seen to end hooks after a minute, whatever their time-out says.
  waits: false,
  tested: 'contract',
  read: (payload) => (fieldOf(payload, 'hook_event_name') === 'PreToolUse' && textIn(payload, 'session_id')?.startsWith('sess_') ? snakeCall(payload) : undefined),
  tools: KIRO_TOOLS,
  dialect: EXIT_CODE_ONLY,
  placements: { user: [{ type: 'file', file: '.kiro/hooks/countersign.json', text }], project: [{ type: 'file', file: '.kiro/hooks/countersign.json', text }] },
  switches: [],
  sample: kiroSample('PreToolUse'),
};
