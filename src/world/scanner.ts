import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EnvironmentPattern } from '../core/assess/assessment.js';
import type { Comparison, Edit } from '../core/edits/compare.js';
import type { SourceFile } from '../core/files/gather.js';
import type { PlacedFinding } from '../core/files/report.js';

/** One file to be read, as it is being typed, or compared with what it was; or several, each for itself and from the disk. */
export type ScanWork =
  | { readonly type: 'scan all'; readonly paths: readonly string[] }
  /** @param anew the world has changed: what was remembered of this file counts no more */
  | { readonly type: 'scan'; readonly file: SourceFile; readonly anew: boolean }
  | { readonly type: 'compare'; readonly edit: Edit };

export interface ScanQuestion {
  readonly id: number;
  readonly work: ScanWork;
  readonly environments: readonly EnvironmentPattern[];
  readonly home: string;
}

/** Findings for a scan, those of each file for several, a comparison for a comparison. */
export type Found = readonly PlacedFinding[] | readonly (readonly PlacedFinding[])[] | Comparison;

export interface ScanAnswer {
  readonly id: number;
  readonly found: Found;
}

interface Waiting {
  readonly resolve: (found: Found) => void;
  readonly reject: (error: Error) => void;
}

/** A reader without work is let go after so long, in milliseconds. */
const IDLE = 120_000;
/** Nothing that people write takes longer than this, in milliseconds. */
const MOST_TIME = 20_000;
/** Lies beside the bundle that this is in. */
const READER = path.join(__dirname, 'scan-worker.js');
/** Megabytes. Of those that are young there are enough that hardly any of them are tidied up while they are needed. */
const MOST_MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 };

/**
 * Reads files beside this thread, so that a long or hostile one keeps nobody waiting. The reader starts with the first
 * question, remembers the parts of what is being typed, and is replaced when it does not answer.
 */
export class Scanner {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param program what the reader runs */
  constructor(
    private readonly home: string,
    private readonly program = READER,
  ) {}

  /** @throws Error when the file cannot be read to its end in any reasonable time */
  async scan(file: SourceFile, environments: readonly EnvironmentPattern[], anew = false): Promise<readonly PlacedFinding[]> {
    return (await this.ask({ type: 'scan', file, anew }, environments)) as readonly PlacedFinding[];
  }

  /** @throws Error when one of the files cannot be read to its end in any reasonable time */
  async scanAll(paths: readonly string[], environments: readonly EnvironmentPattern[]): Promise<readonly (readonly PlacedFinding[])[]> {
    return (await this.ask({ type: 'scan all', paths }, environments)) as readonly (readonly PlacedFinding[])[];
  }

  /** @throws Error when the file cannot be read to its end in any reasonable time */
  async compare(edit: Edit, environments: readonly EnvironmentPattern[]): Promise<Comparison> {
    return (await this.ask({ type: 'compare', edit }, environments)) as Comparison;
  }

  /** Starts the reader, for whoever is about to have a question. */
  begin(): Worker {
    this.watch();
    return (this.#worker ??= this.start());
  }

  private ask(work: ScanWork, environments: readonly EnvironmentPattern[]): Promise<Found> {
    const id = (this.#last += 1);
    const worker = this.begin();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, work, environments, home: this.home } satisfies ScanQuestion);
      this.watch();
    });
  }

  dispose(): void {
    this.stop(new Error('Nobody waits for it any more.'));
  }

  private start(): Worker {
    const worker = new Worker(this.program, { resourceLimits: MOST_MEMORY });
    worker.unref();
    worker.on('message', ({ id, found }: ScanAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      this.watch();
      waiting?.resolve(found);
    });
    worker.on('error', (error) => this.stop(error));
    return worker;
  }

  /** Lets go of a reader that has nothing to do, or that has been busy with one file for too long. */
  private watch(): void {
    clearTimeout(this.#timer);
    const busy = this.#waiting.size > 0;
    this.#timer = setTimeout(() => this.stop(new Error('The file takes too long to read.')), busy ? MOST_TIME : IDLE);
    this.#timer.unref();
  }

  private stop(reason: Error): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }
}
