import * as z from 'zod/mini';
import { notifySchema } from './notify-policy.js';
import { recipientSchema } from './recipient.js';
import { storeSchema } from './store-policy.js';

export const MOST_APPROVALS = 10;

const name = z.string().check(z.minLength(1), z.maxLength(320));
const names = z.array(name).check(z.minLength(1), z.maxLength(500));
const duration = z.string().check(z.regex(/^[1-9][0-9]{0,3}[mh]$/, 'must be minutes or hours, such as 30m or 2h'));
const part = z.string().check(z.regex(/^([1-9]|10) of \S[^\n]{0,319}$/, 'must say how many of which group or person, such as "2 of sre"'));
const moment = z.string().check(z.regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/, 'must be a day or a time in UTC, such as 2026-12-24 or 2026-12-24T16:00Z'));
const reason = z.string().check(z.regex(/\S/, 'must say why'), z.maxLength(500));
const glob = z.string().check(z.minLength(1), z.maxLength(1000));

const signing = {
  approvals: z.optional(
    z.union([z.int().check(z.minimum(0), z.maximum(MOST_APPROVALS)), z.array(part).check(z.minLength(1), z.maxLength(MOST_APPROVALS))]).check(
      z.describe('How many other people must sign: a number, or a list such as ["2 of sre", "1 of dba"]. 0 only warns. Without it, one for production and wherever something says who signs or how, and none elsewhere.'),
    ),
  ),
  approvers: z.optional(names.check(z.describe('Groups and people who may sign. Without it, everyone on the roster.'))),
  presence: z.optional(z.enum(['none', 'touch', 'pin']).check(z.describe('What a signature must prove: nothing more than the key, a touched security key, or its PIN as well.'))),
  expires: z.optional(duration.check(z.describe('How long a request stays open, such as 30m or 2h; a day at most.'))),
};

const freeze = z.strictObject({
  from: moment.check(z.describe('The day or time (UTC) from which nothing changes.')),
  until: moment.check(z.describe('The day or time (UTC) from which things may change again.')),
  reason: reason.check(z.describe('Why. It is shown to whoever is refused.')),
});

const environment = z.strictObject({
  match: z.optional(names.check(z.describe('Names of contexts, profiles, workspaces, hosts, branches and tasks that mean this environment: globs, or words of a name. Without it, the environment’s own name, and the usual words for production and staging.'))),
  ...signing,
  branches: z.optional(names.check(z.describe('Branches, as globs, that a server with the pre-receive hook lets nobody change without approval.'))),
  agents: z.optional(z.enum(['confirm', 'approve', 'deny']).check(z.describe('What an assistant gets that would change something here, at the least: a person confirms it, others approve it, or nobody can.'))),
  freeze: z.optional(z.array(freeze).check(z.maxLength(100), z.describe('Times in which nothing changes here, whoever agrees.'))),
});

const exception = z
  .strictObject({
    environment: name.check(z.describe('The environment whose approvals are not asked for.')),
    rules: z.optional(names.check(z.describe('Ids of findings, as globs, such as terraform/destroy. Without it the exception covers nothing that destroys.'))),
    command: z.optional(glob.check(z.describe('The whole command line. * stands for a part of one word: never for blanks, quotes or shell operators.'))),
    task: z.optional(glob.check(z.describe('A task’s label, as a glob.'))),
    reason: reason.check(z.describe('Why. It is shown whenever the exception is used.')),
    until: moment.check(z.describe('The day or time (UTC) from which the exception has no effect.')),
  })
  .check(z.describe('Lets people, never assistants, go ahead without approval where everything named here fits. Frozen is frozen all the same.'));

const protectedPath = z.strictObject({
  paths: z.array(glob).check(z.minLength(1), z.maxLength(500), z.describe('Files, as globs below the top of the repository such as infra/**; without a slash, at any depth. A folder is all that is in it.')),
  edits: z.enum(['confirm', 'approve', 'deny']).check(z.describe('What an edit of such a file needs.')),
  by: z.optional(z.enum(['agents', 'everyone']).check(z.describe('Whose edits; without it, only those of assistants.'))),
  environment: z.optional(name.check(z.describe('The environment whose approvals an edit needs; without it, production’s.'))),
});

/** `.countersign/policy.yaml` as it is written. */
export const policySchema = z.strictObject({
  version: z.literal(1).check(z.describe('The form of this file.')),
  environments: z.optional(z.record(name, environment).check(z.describe('Environments by name, and how each of them is protected.'))),
  people: z.optional(z.record(name, names).check(z.describe('A person and the names on the roster that are theirs.'))),
  groups: z.optional(z.record(name, names).check(z.describe('A group and the people in it.'))),
  rules: z.optional(z.strictObject(signing).check(z.describe('Who approves a change of this file and of the roster. Without it, everything that every protected environment asks for.'))),
  exceptions: z.optional(z.array(exception).check(z.maxLength(200), z.describe('What people, never assistants, may do without approval, for a while and for a reason.'))),
  protectedPaths: z.optional(z.array(protectedPath).check(z.maxLength(200), z.describe('Files whose edits need more than a click.'))),
  breakGlass: z.optional(
    z
      .strictObject({
        presence: z.optional(z.enum(['touch', 'pin']).check(z.describe('What the person’s own security key must prove; without it, a touch.'))),
        perWeek: z.optional(z.int().check(z.minimum(0), z.maximum(50), z.describe('How often in seven days, all people together; without it twice, and 0 is never.'))),
      })
      .check(z.describe('How a person may act without the others in an emergency, in front of them all.')),
  ),
  recipients: z.optional(z.record(name, recipientSchema).check(z.describe('A person and the age recipient that items are sealed for, as “countersign seal --recipient” prints it.'))),
  runners: z.optional(names.check(z.describe('Principals of keys that belong to jobs: they use approvals, and never ask for one or give one.'))),
  remote: z.optional(name.check(z.describe('The git remote that carries requests and approvals: origin, unless this says otherwise. A clone that has only one remote goes by that one, whatever it is called.'))),
  environmentVariables: z.optional(z.array(name).check(z.describe('Environment variables that are bound into an approval besides the usual ones.'))),
  store: z.optional(storeSchema.check(z.describe('Where requests and approvals are kept. Without it, on the git remote.'))),
  notify: z.optional(notifySchema.check(z.describe('Which chat is told that a request waits: its digest, who asks, the repository, where it lands, until when, and a link to the review. Without it, none.'))),
});

export type PolicyFile = z.infer<typeof policySchema>;
