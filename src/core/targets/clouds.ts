import { jsonAt, lineAt, listAt, field, sectionOf, shownPath, stringAt, textAt } from './ini.js';
import type { Clue, Source } from './place.js';
import { fromEnv, fromOptions } from './sources.js';
import { sentence } from '../say.js';

const GOOGLE_CLOUD_PROJECT_OPTIONS = fromOptions('--project', 'Google Cloud project');
const GOOGLE_CLOUD_PROJECT_VARIABLES = fromEnv('CLOUDSDK_CORE_PROJECT GOOGLE_CLOUD_PROJECT GCLOUD_PROJECT', 'Google Cloud project');
const AZURE_SUBSCRIPTION_OPTIONS = fromOptions('--subscription', 'Azure subscription');
const RESOURCE_GROUP_OPTIONS = fromOptions('-g --resource-group', 'resource group');
const RESOURCE_OPTIONS = fromOptions('-n --name', 'resource');
const AZURE_SETTING_VARIABLES = fromEnv('AZURE_SUBSCRIPTION_ID ARM_SUBSCRIPTION_ID AZURE_DEFAULTS_GROUP', 'Azure setting');

/** The Google Cloud project: given, or that of the active gcloud configuration. */
export const gcloud: Source = (around) => {
  const { world, env, use } = around;
  const clues = [...GOOGLE_CLOUD_PROJECT_OPTIONS(around), ...GOOGLE_CLOUD_PROJECT_VARIABLES(around)];
  const directory = env('CLOUDSDK_CONFIG') ?? `${world.home}/.config/gcloud`;
  const chosen = use.value('--configuration') ?? env('CLOUDSDK_ACTIVE_CONFIG_NAME') ?? lineAt(`${directory}/active_config`, world);
  if (chosen !== undefined) clues.push({ kind: 'gcloud configuration', name: chosen, evidence: sentence('the active gcloud configuration is {0}', chosen) });
  if (clues.length > (chosen === undefined ? 0 : 1)) return clues;
  const path = `${directory}/configurations/config_${chosen ?? 'default'}`;
  const text = textAt(path, world);
  if (text === undefined) return clues;
  const shown = shownPath(path, world.home);
  for (const [section, key, kind] of [['core', 'project', 'Google Cloud project'], ['core', 'account', 'Google Cloud account'], ['container', 'cluster', 'Google Cloud cluster'], ['auth', 'impersonate_service_account', 'Google Cloud account']] as const) {
    const name = sectionOf(text, section).get(key);
    if (name !== undefined) clues.push({ kind, name, evidence: sentence('{0} in {1}', key, shown) });
  }
  return clues;
};

/** The Azure subscription: given, or the default one on disk, by its name. */
export const azure: Source = (around) => {
  const { world, env, use } = around;
  const clues: Clue[] = [
    ...AZURE_SUBSCRIPTION_OPTIONS(around),
    ...RESOURCE_GROUP_OPTIONS(around),
    ...RESOURCE_OPTIONS(around),
    ...AZURE_SETTING_VARIABLES(around),
  ];
  const directory = env('AZURE_CONFIG_DIR') ?? `${world.home}/.azure`;
  const config = textAt(`${directory}/config`, world);
  const group = config === undefined || use.value('-g --resource-group') !== undefined ? undefined : sectionOf(config, 'defaults').get('group');
  if (group !== undefined) clues.push({ kind: 'resource group', name: group, evidence: sentence('default group in {0}', shownPath(`${directory}/config`, world.home)) });
  const profile = `${directory}/azureProfile.json`;
  const subscriptions = listAt(jsonAt(profile, world), 'subscriptions');
  const asked = use.value('--subscription') ?? env('AZURE_SUBSCRIPTION_ID') ?? env('ARM_SUBSCRIPTION_ID');
  const clouds = textAt(`${directory}/clouds.config`, world);
  const cloud = sectionOf(config ?? '', 'cloud').get('name') ?? 'AzureCloud';
  const standing = clouds === undefined ? undefined : sectionOf(clouds, cloud).get('subscription');
  const id = asked ?? standing;
  const current = subscriptions.find((item) => (id === undefined ? field(item, 'isDefault') === true : stringAt(item, 'id') === id || stringAt(item, 'name') === id));
  const name = stringAt(current, 'name');
  if (name !== undefined && name !== asked) clues.push({ kind: 'Azure subscription', name, evidence: id === undefined ? sentence('default subscription in {0}', shownPath(profile, world.home)) : sentence('subscription {0} in {1}', id, shownPath(profile, world.home)) });
  return clues;
};
