import { standingOf } from '../assess/standing.js';
import type { Ground } from '../assess/standing.js';
import { isKnown } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import { hasFile } from '../world.js';
import type { World } from '../world.js';

/** Directories in which package managers and virtual environments put a project's own programs. */
const USUAL = /\/(?:node_modules\/\.bin|vendor\/bin|\.?v?env\/(?:bin|Scripts)|\.venv[^/]*\/bin|\.(?:tox|nox|pixi|devbox|direnv|nix-profile|conda)\/.*|\.bundle\/.*|__pypackages__\/.*|fnm_multishells\/[^/]*\/bin|yarn--[\d.-]+)$/;

/** Programs that no package of a language brings: in the work tree under such a name lies something else. */
const NATIVE = new Set(
  'sh bash dash zsh fish ksh env ls cat cp mv rm ln mkdir rmdir touch chmod chown grep egrep fgrep sed awk find xargs sort uniq head tail tr cut wc tee echo printf test true false pwd date sleep kill ps df du id whoami hostname uname which tar gzip gunzip unzip zip dd make curl wget git ssh scp sftp rsync sudo su docker podman kubectl helm terraform tofu terragrunt vault gcloud psql mysql mariadb mongosh redis-cli systemctl service apt apt-get yum dnf brew ping dig nc openssl gpg vim vi nano less more man'.split(' '),
);

/** What a bare program name stands for when the search path begins in places that the operation could have written to. */
export type Found = { readonly path: string } | 'unknown' | undefined;

/**
 * The file in the work tree or among temporary files that a program's name finds first on the search path; `unknown`
 * when a part of the path in front cannot be known; undefined when it finds what everybody would expect.
 */
export function findOnPath(name: string, search: string, ground: Ground, world: World): Found {
  if (name === '' || name.includes('/') || !isKnown(name)) return undefined;
  const entries = search.split(':').map((entry) => ({ entry, standing: standingOf(entry === '' ? '.' : entry, ground) }));
  if (!entries.some(({ standing }) => standing === 'foreign')) return undefined;
  let hidden = false;
  for (const { entry, standing } of entries) {
    const directory = resolvePath(ground.cwd, entry === '' ? '.' : entry);
    // Our own shims go on to what the rest of the path finds.
    if (standing === 'own') continue;
    if (!isKnown(directory)) hidden = true;
    else if (hasFile(world, `${directory}/${name}`)) {
      if (hidden) return 'unknown';
      return standing === 'foreign' && (!USUAL.test(directory) || NATIVE.has(name)) ? { path: `${directory}/${name}` } : undefined;
    }
  }
  return undefined;
}
