import { scanCode } from './calls.js';
import type { Language } from './inline.js';
import type { Follow } from './material.js';

/** How a framework's own command takes code. */
interface Runner {
  readonly language: Language;
  /** The words in front of the options. */
  readonly words: RegExp;
  /** Options whose value is code; without any, the next word is. */
  readonly option?: RegExp;
}

const RAILS: Runner = { language: 'ruby', words: /^(?:runner|r)$/ };
const DJANGO: Runner = { language: 'python', words: /^shell(?:_plus)?$/, option: /^(?:-c|--command)$/ };
const LARAVEL: Runner = { language: 'php', words: /^tinker$/, option: /^--execute$/ };
const RUNNERS: Readonly<Record<string, Runner>> = { rails: RAILS, 'gitlab-rails': RAILS, 'manage.py': DJANGO, 'django-admin': DJANGO, python: DJANGO, python3: DJANGO, artisan: LARAVEL, php: LARAVEL };

/** The programs that {@link followFramework} knows. */
export const FRAMEWORKS: readonly string[] = Object.keys(RUNNERS);

/** `rails runner CODE`, `manage.py shell -c CODE`, `artisan tinker --execute=CODE`: code that runs inside an application. */
export const followFramework: Follow = ({ program, args, stdin }) => {
  const runner = RUNNERS[program];
  const words = args.map(({ text }) => text);
  // An interpreter is told which of its files is the framework's command.
  if (/^(?:python3?|php)$/.test(program) && !/(?:^|\/)(?:manage\.py|artisan)$/.test(words.shift() ?? '')) return undefined;
  const at = words.findIndex((text) => !text.startsWith('-'));
  if (!runner || at < 0 || !runner.words.test(words[at] ?? '')) return undefined;
  const code = codeIn(words.slice(at + 1), runner) ?? stdin;
  // Code that lies in a file is somebody else's to follow.
  if (code === undefined || /^[\w./-]+\.\w{1,4}$/.test(code)) return undefined;
  return { ...scanCode(code, runner.language, undefined), files: [], complete: false };
};

function codeIn(words: readonly string[], { option }: Runner): string | undefined {
  if (!option) return words.find((text, at) => !text.startsWith('-') && !/^(?:-e|--environment)$/.test(words[at - 1] ?? ''));
  for (const [at, text] of words.entries()) {
    if (option.test(text)) return words[at + 1];
    const equals = text.indexOf('=');
    if (equals > 0 && option.test(text.slice(0, equals))) return text.slice(equals + 1);
  }
  return undefined;
}
