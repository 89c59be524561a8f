import { createHash } from 'node:crypto';
import { hasFile, type World } from '../world.js';
import type { Assess, Assessment } from './assessment.js';

/** Takes down what an assessment asks the world, so that it can be asked again later. */
class Witness implements World {
  readonly home: string;
  readonly own?: string;
  readonly sqlParsers: World['sqlParsers'];
  private readonly heard = new Map<string, { readonly ask: (world: World) => string; readonly answer: string }>();

  constructor(private readonly world: World) {
    this.home = world.home;
    if (world.own !== undefined) this.own = world.own;
    this.sqlParsers = world.sqlParsers;
  }

  /** Whether a world gives the same answers to all that was asked. */
  isTrueOf(world: World): boolean {
    return [...this.heard.values()].every(({ ask, answer }) => ask(world) === answer);
  }

  env(name: string): string | undefined {
    this.hear(`env ${name}`, (world) => JSON.stringify([world.env(name)]));
    return this.world.env(name);
  }

  readFile(path: string): Uint8Array | undefined {
    this.hear(`file ${path}`, (world) => digestOf(world.readFile(path)));
    return this.world.readFile(path);
  }

  isFile(path: string): boolean {
    this.hear(`is ${path}`, (world) => String(hasFile(world, path)));
    return hasFile(this.world, path);
  }

  git(directory: string): ReturnType<World['git']> {
    this.hear(`git ${directory}`, (world) => {
      const place = world.git(directory);
      return JSON.stringify([place, [...(place?.remotes ?? [])]]);
    });
    return this.world.git(directory);
  }

  private hear(question: string, ask: (world: World) => string): void {
    if (!this.heard.has(question)) this.heard.set(question, { ask, answer: ask(this.world) });
  }
}

function digestOf(bytes: Uint8Array | undefined): string {
  return bytes ? createHash('sha256').update(bytes).digest('hex') : '';
}

/**
 * The same assessments, each made once: it is given again for as long as the world answers alike to all that it rested on.
 *
 * @param most as many are remembered; the one that was asked for longest ago goes first
 */
export function remembered(assess: Assess, most: number): Assess {
  const known = new Map<string, { readonly assessment: Assessment; readonly witness: Witness }>();
  return (subject, environments, world) => {
    const key = JSON.stringify([subject, environments, world.home, world.own]);
    const before = known.get(key);
    known.delete(key);
    const found = before?.witness.isTrueOf(world) ? before : assessed();
    known.set(key, found);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return found.assessment;

    function assessed() {
      const witness = new Witness(world);
      return { assessment: assess(subject, environments, witness), witness };
    }
  };
}
