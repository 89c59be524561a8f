import type { Roster } from './roster.js';

/**
 * Persons, not keys. Principals on one roster line, principals of the same key on several lines and the policy's
 * people map all join into one person: whoever could act under two names must never count twice (trust table 5).
 * Letter case is ignored and a name of the map joins with the principal it equals, since joining too much refuses
 * an approval while joining too little grants one.
 */
export class People {
  private readonly parents = new Map<string, string>();
  /** Root of each joined set to the person's name. */
  private readonly names = new Map<string, string>();
  private readonly principals: ReadonlySet<string>;
  private readonly persons: ReadonlySet<string>;

  /** @param people person to principals, from the policy; its names are the ones shown */
  constructor(roster: Roster, people: ReadonlyMap<string, readonly string[]>) {
    const onRoster = roster.entries.flatMap((entry) => entry.principals);
    // No principal holds a blank, so a key can never be mistaken for one.
    for (const { key, principals } of roster.entries) this.join([`key ${key.fingerprint}`, ...principals]);
    for (const [person, principals] of people) this.join([person, ...principals]);
    this.principals = new Set([...onRoster, ...[...people.values()].flat()]);
    for (const name of [...people.keys(), ...this.principals]) {
      const root = this.rootOf(name);
      if (!this.names.has(root)) this.names.set(root, name);
    }
    this.persons = new Set(onRoster.flatMap((principal) => this.personOf(principal) ?? []));
  }

  /** The person behind a principal: their name in the people map, else their first principal on the roster. */
  personOf(principal: string): string | undefined {
    return this.names.get(this.rootOf(principal));
  }

  /** Everybody who has a key on the roster, in its order. */
  all(): readonly string[] {
    return [...this.persons];
  }

  /** Whether somebody who is called exactly so has a key on the roster. */
  has(person: string): boolean {
    return this.persons.has(person);
  }

  /** All names that a person signs or is mapped under, those on the roster first. */
  principalsOf(person: string): readonly string[] {
    return [...this.principals].filter((principal) => this.personOf(principal) === person);
  }

  private join(names: readonly string[]): void {
    const [first = '', ...others] = names;
    const root = this.rootOf(first);
    for (const name of [first, ...others]) this.parents.set(this.rootOf(name), root);
  }

  private rootOf(name: string): string {
    let root = name.toLowerCase();
    for (let parent = this.parents.get(root); parent !== undefined && parent !== root; parent = this.parents.get(root)) root = parent;
    return root;
  }
}
