import { sectionOf, shownPath, textAt } from './ini.js';
import type { Clue, Source, Surrounding } from './place.js';
import { fromEnv, fromOptions } from './sources.js';
import { sentence } from '../say.js';

const AWS_PROFILE_OPTIONS = fromOptions('--profile --aws-profile', 'AWS profile');
const AWS_PROFILE_VARIABLES = fromEnv('AWS_PROFILE AWS_VAULT AWS_DEFAULT_PROFILE', 'AWS profile');
const AWS_ACCOUNT_VARIABLES = fromEnv('AWS_ROLE_ARN AWS_ACCOUNT_ID', 'AWS account');

/** Settings of a profile that say whose account it is. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html */
const TELLING = ['role_arn', 'sso_account_name', 'sso_account_id', 'sso_role_name', 'sso_session', 'source_profile', 'credential_process', 'web_identity_token_file'];
/** So many profiles may stand behind one another. */
const MOST_PROFILES = 8;

/** The AWS profile, and the accounts, roles and further profiles behind it. */
export const aws: Source = (around) => {
  const given = AWS_PROFILE_OPTIONS(around);
  const named = given.length > 0 ? given : AWS_PROFILE_VARIABLES(around);
  return [...named, ...AWS_ACCOUNT_VARIABLES(around), ...behind(around, named[0]?.name ?? 'default')];
};

function behind({ world, env }: Surrounding, first: string): readonly Clue[] {
  const path = env('AWS_CONFIG_FILE') ?? `${world.home}/.aws/config`;
  const text = textAt(path, world);
  if (text === undefined) return [];
  const shown = shownPath(path, world.home);
  const clues: Clue[] = [];
  const seen = new Set<string>();
  for (let profile: string | undefined = first; profile !== undefined && !seen.has(profile) && seen.size < MOST_PROFILES; ) {
    seen.add(profile);
    const settings = sectionOf(text, profile === 'default' ? 'default' : `profile ${profile}`);
    for (const key of TELLING) {
      const name = settings.get(key);
      if (name !== undefined) clues.push({ kind: 'AWS profile', name, evidence: sentence('{0} of the profile {1} in {2}', key, profile, shown) });
    }
    const session = settings.get('sso_session');
    const start = session === undefined ? undefined : sectionOf(text, `sso-session ${session}`).get('sso_start_url');
    if (start !== undefined) clues.push({ kind: 'AWS profile', name: start, evidence: sentence('sso_start_url of the session {0} in {1}', session ?? '', shown) });
    profile = settings.get('source_profile');
  }
  return clues;
}
