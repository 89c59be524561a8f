import { isInside, resolvePath, trimEnd } from '../../shell/paths.js';
import { HOLE } from '../../shell/program.js';
import type { Word } from '../../shell/program.js';
import type { Context } from '../rule.js';

/** What a path stands for, from least to most dangerous to lose. */
export type Ground =
  | 'temporary' // below a temporary directory
  | 'output' // what a build makes again
  | 'project' // some sub-directory of the project
  | 'source' // a directory of the project that people write in, or its history
  | 'everything here' // the working directory, the project, or all that is in them
  | 'outside' // another place that is not the system's
  | 'unknown' // cannot be known
  | 'home' // the home directory or a top directory in it
  | 'system'; // the root or a directory of the system

const OUTPUT =
  /^(node_modules|bower_components|jspm_packages|dist|build|builds|out|output|outputs|target|bin|obj|coverage|htmlcov|\.nyc_output|\.next|\.nuxt|\.output|\.svelte-kit|\.angular|\.astro|\.docusaurus|\.expo|\.cache|cache|caches|\.parcel-cache|\.turbo|\.vite|\.gradle|\.dart_tool|\.terraform|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nox|\.eggs|__pycache__|.*\.egg-info|venv|\.venv|env|virtualenv|vendor|tmp|temp|\.tmp|\.temp|logs?|_build|_site|\.serverless|\.aws-sam|cdk\.out|cmake-build-.*|DerivedData|Pods|\.bundle|\.stack-work|dist-newstyle|zig-out|zig-cache|release|debug|artifacts|test-results|playwright-report|storybook-static|\.yarn|\.pnpm-store|generated|\.generated)$/i;
const SOURCE =
  /^(src|source|sources|lib|libs|app|apps|packages|crates|cmd|internal|pkg|api|server|client|frontend|backend|web|services|modules|components|include|tests?|spec|specs|__tests__|e2e|docs?|documentation|scripts|config|configs|conf|migrations|db|database|data|schema|schemas|prisma|models|infra|infrastructure|terraform|deploy|deployments?|k8s|kubernetes|helm|charts|manifests|ansible|assets|public|static|resources|i18n|locales|secrets|certs|keys|backups?|\.github|\.gitlab|\.circleci|\.vscode|\.git|.*\.git)$/i;
const SYSTEM = /^\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|root|run|sbin|srv|sys|usr|var|opt|mnt|media|home|Users|System|Library|Applications|private|Volumes|nix|snap|lost\+found|cygdrive|c|C|Windows)(\/|$)/;
const TOP_OF_HOME = /^(Documents|Desktop|Downloads|Pictures|Music|Movies|Videos|Library|Applications|Public|Dropbox|OneDrive.*|iCloud.*|Google Drive|\.ssh|\.aws|\.gnupg|\.kube|\.config|\.docker|\.azure|\.password-store|\.local|work|code|src|projects?|repos?|dev|git)$/i;

/** Says on what ground a path operand stands. Wildcards count as what they may match. */
export function groundOf(word: Word, cwd: string, context: Context): Ground {
  const { text } = word;
  if (text === '') return 'project';
  const path = absolute(text, cwd, context);
  // A relative path in an unknown directory, or a path whose front is unknown, may be anything.
  if (path.startsWith(HOLE)) return 'unknown';
  const clean = path.length > 1 ? trimEnd(path, '/') || '/' : path;
  const [before = ''] = clean.split(/[*?[{\uFFFC]/, 1);
  const open = before.length < clean.length;
  if (open && climbs(text, before)) return 'unknown';
  const base = open ? before.slice(0, Math.max(before.lastIndexOf('/'), 1)) : clean;
  // What stands in a directory that everybody writes to may be a link, and `..` then leads elsewhere.
  if (/^(\/private)?(\/var)?\/tmp\/.*[^/.]\/\.\.(\/|$)/.test(text) && isTemporary(base, open)) return 'unknown';
  // `/tmp/$X` may be all of it, and that is still only temporary.
  if (isTemporary(base, open)) return 'temporary';
  if (/[/]\.git(\/|$)/.test(clean) || /\.git\/(objects|refs|logs|hooks|HEAD|index|packed-refs|config)/.test(clean)) return 'source';
  const top = context.root;
  if (base === '/' || base === '') return 'system';
  const inProject = top !== undefined && top !== context.home && isInside(top, base);
  if (!inProject && (base === context.home || isInside(base, context.home))) return base === context.home ? (open && wholeSegment(clean, before) ? 'home' : open ? 'outside' : 'home') : 'system';
  if (inProject) return inside(base, clean, before, open, top, cwd);
  if (isInside(context.home, base)) {
    const names = base.slice(context.home.length + 1).split('/');
    const [first = ''] = names;
    if (top === undefined && isInside(cwd, base) && cwd !== context.home) return inside(base, clean, before, open, cwd, cwd);
    if (OUTPUT.test(names.at(-1) ?? '') && names.length > 1) return 'output';
    if (first === '.cache' || first === '.npm' || (first === '.gradle' && names[1] === 'caches')) return names.length > 1 ? 'output' : 'outside';
    if (names.length === 1 && TOP_OF_HOME.test(first)) return 'home';
    return 'outside';
  }
  if (isInside(cwd, base) && cwd !== '/' && !SYSTEM.test(base)) return inside(base, clean, before, open, cwd, cwd);
  if (/^\/var\/(log|cache|spool|crash)\/[^/]+/.test(base)) return 'outside';
  // What somebody put below a shared directory is lost with it, but the system lives on.
  if (/^\/(home|Users|mnt|media|Volumes|srv|opt|data)\/[^/]+\/./.test(base) || /^\/var\/www\/./.test(base)) return 'outside';
  return SYSTEM.test(base) ? 'system' : 'outside';
}

/** A path inside the project (or, without one, the working directory). */
function inside(base: string, clean: string, before: string, open: boolean, top: string, cwd: string): Ground {
  // `packages/*/dist`: whatever the wildcard is, the end of the path is what a build makes again.
  const end = clean.slice(clean.lastIndexOf('/') + 1);
  if (open && !/[*?[{\uFFFC]/.test(end) && OUTPUT.test(end)) return 'output';
  if (open && wholeSegment(clean, before)) {
    if (base === top || base === cwd) return 'everything here';
  } else if (open) return 'project';
  if (base === top || isInside(base, cwd)) return 'everything here';
  const names = base.slice(top.length + 1).split('/');
  const last = names.at(-1) ?? '';
  if (names.some((name) => OUTPUT.test(name))) return 'output';
  return SOURCE.test(last) ? 'source' : 'project';
}

/** Whether the unknown or wildcard part is a whole path segment, so that it may match everything there. */
function wholeSegment(clean: string, before: string): boolean {
  const start = before.lastIndexOf('/') + 1;
  const end = clean.indexOf('/', start);
  const segment = clean.slice(start, end < 0 ? undefined : end);
  return /^[.*?\uFFFC]+$|^\{[^}]*\*[^}]*\}$|^\.?\[[^\]]*\][*?]*$/.test(segment);
}

/** A path that goes up after its unknown part. */
function climbs(text: string, before: string): boolean {
  const unknown = text.search(/[*?\uFFFC]/);
  return (unknown >= 0 && text.includes('..', unknown)) || before.includes('/../');
}

function absolute(text: string, cwd: string, context: Context): string {
  if (text === '~' || text.startsWith('~/')) return resolvePath('/', context.home + text.slice(1));
  if (/^~[a-z_][\w-]*(\/|$)/i.test(text)) return `/home/${text.slice(1)}`;
  return resolvePath(cwd, text);
}

function isTemporary(path: string, open: boolean): boolean {
  const match = /^(?:\/private)?\/(?:var\/)?tmp(\/.*)?$|^\/var\/folders\/.+$|^\/dev\/shm(\/.*)?$/.exec(path);
  if (!match) return false;
  return open || path.split('/').length > (path.startsWith('/private') || path.startsWith('/var') || path.startsWith('/dev') ? 3 : 2);
}

/** Whether a path lies where people keep what no repository has. */
export function isPersonal(path: string, context: Context): boolean {
  return /^~\/(Documents|Desktop|Downloads|Pictures|Music|Movies|Videos|Library|\.ssh|\.aws|\.gnupg|\.kube)\/./.test(path.startsWith(context.home) ? `~${path.slice(context.home.length)}` : path);
}

/** Whether a path is a disk or another block device. */
export function isDevice(path: string): boolean {
  return /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk|rdisk|md|dm-|mapper\/|loop|sr|nbd|zd|dasd|pmem|fd\d|ram|zvol|by-|block)/.test(path) || /^\\\\\.\\PhysicalDrive/i.test(path);
}
