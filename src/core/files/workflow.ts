import { HOLE } from '../shell/program.js';
import type { ShellName } from '../assess/assessment.js';
import type { Language } from '../languages/inline.js';
import type { About, Gather } from './gather.js';
import type { Passage } from './passage.js';
import { scalarPassage } from './scalars.js';
import { documentsOf, entriesOf, fieldOf, itemsOf, textOf } from './yaml-tree.js';

const SHELLS: Readonly<Record<string, ShellName>> = { bash: 'bash', sh: 'sh', zsh: 'zsh', pwsh: 'powershell', powershell: 'powershell', cmd: 'cmd', fish: 'fish' };
const LANGUAGES: Readonly<Record<string, Language>> = { python: 'python', python3: 'python', node: 'javascript', ruby: 'ruby', perl: 'perl', php: 'php' };
/** Machines of the host itself are new for each job. */
const HOSTED = /^(ubuntu|windows|macos)-/;
/** `${{ … }}` is filled in before the shell sees the text. */
const EXPRESSION = /\$\{\{[^{}]{0,1024}\}\}/g;

/** A workflow of GitHub Actions (or Gitea, Forgejo), and an action made of steps. */
export function readWorkflow(gather: Gather): void {
  for (const root of documentsOf(gather.file.text)) {
    const env = environmentOf(root);
    const fallback = textOf(fieldOf(root, 'defaults', 'run', 'shell'));
    for (const { key, value: job } of entriesOf(fieldOf(root, 'jobs'))) {
      const environment = environmentName(fieldOf(job, 'environment'));
      const machine = textOf(fieldOf(job, 'runs-on')) ?? '';
      const labels = [key, textOf(fieldOf(job, 'name')), environment].filter((label) => label !== undefined);
      steps(gather, fieldOf(job, 'steps'), textOf(fieldOf(job, 'defaults', 'run', 'shell')) ?? fallback, {
        labels,
        via: environment === undefined ? [`job ${key}`] : [`job ${key}`, `environment ${environment}`],
        elsewhere: true,
        disposable: HOSTED.test(machine) || fieldOf(job, 'container') !== undefined,
        env: new Map([...env, ...environmentOf(job)]),
      });
    }
    steps(gather, fieldOf(root, 'runs', 'steps'), fallback, { via: ['action'], elsewhere: true, disposable: true });
  }
}

/** The environment that a job names: `production`, or `{ name: production, url: … }`. */
export function environmentName(node: unknown): string | undefined {
  const name = textOf(node) ?? textOf(fieldOf(node, 'name'));
  return name?.includes('${{') ? undefined : name;
}

function steps(gather: Gather, list: unknown, fallback: string | undefined, about: About): void {
  const { text } = gather.file;
  for (const step of itemsOf(list)) {
    const passage = scalarPassage(text, fieldOf(step, 'run'));
    if (!passage) continue;
    const name = textOf(fieldOf(step, 'name'));
    const own: About = { ...about, env: new Map([...(about.env ?? []), ...environmentOf(step)]), via: name === undefined ? about.via ?? [] : [...(about.via ?? []), name] };
    runIn(gather, passage.replace(text, EXPRESSION, () => HOLE), textOf(fieldOf(step, 'shell')) ?? fallback, own);
  }
}

function runIn(gather: Gather, passage: Passage, shell: string | undefined, about: About): void {
  const [program = 'bash'] = (shell ?? 'bash').split(/\s/, 1);
  const language = LANGUAGES[program];
  if (language) gather.code(passage, language, about);
  else gather.shell(passage, { ...about, shell: SHELLS[program] ?? 'bash' });
}

function environmentOf(node: unknown): readonly (readonly [string, string])[] {
  return entriesOf(fieldOf(node, 'env')).flatMap(({ key, value }) => {
    const text = textOf(value);
    return text === undefined ? [] : [[key, text.replace(EXPRESSION, HOLE)] as const];
  });
}
