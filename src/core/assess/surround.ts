import type { Context } from '../rules/rule.js';
import { HOLE, isKnown } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import type { GitPlace, World } from '../world.js';

/** What rules may ask about where an invocation runs. Git is only looked at when a rule wants to know. */
export class Surround implements Context {
  constructor(
    private readonly invocation: Invocation,
    private readonly world: World,
    /** Answers of this assessment, by directory. */
    private readonly places: Map<string, GitPlace | undefined>,
  ) {}

  get home(): string {
    return this.world.home;
  }

  get root(): string | undefined {
    return this.place()?.root;
  }

  get defaultBranch(): string | undefined {
    return this.place()?.defaultBranch;
  }

  get branch(): string | undefined {
    return this.place()?.branch;
  }

  private place(): GitPlace | undefined {
    const { place } = this.invocation;
    if (place) return undefined;
    // Somewhere below a known directory is most likely in the same repository.
    const [known = ''] = this.invocation.cwd.split(HOLE, 1);
    const cwd = isKnown(this.invocation.cwd) ? known : known.slice(0, known.lastIndexOf('/'));
    if (cwd === '') return undefined;
    if (!this.places.has(cwd)) this.places.set(cwd, this.world.git(cwd));
    return this.places.get(cwd);
  }
}
