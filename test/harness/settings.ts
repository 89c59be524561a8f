/** User settings of the editors we start, in VS Code's own keys. */
export type Settings = Readonly<Record<string, unknown>>;

/** The colour themes to show the extension in; with older ids the editor rewrites the settings file to migrate them. */
export const themes = {
  dark: { 'workbench.colorTheme': 'Dark 2026' },
  light: { 'workbench.colorTheme': 'Light 2026' },
  highContrast: { 'workbench.colorTheme': 'Default High Contrast' },
} as const satisfies Readonly<Record<string, Settings>>;

/**
 * A quiet editor: nothing that asks, fetches, recommends or differs from run to run. Terminals draw text
 * into the page instead of onto a canvas, so that a test can read it.
 */
export const quietSettings: Settings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'workbench.editor.empty.hint': 'hidden',
  'workbench.remoteIndicator.showExtensionRecommendations': false,
  'window.confirmBeforeClose': 'never',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'telemetry.feedback.enabled': false,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'remote.autoForwardPorts': false,
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  'typescript.tsserver.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.initialHint': false,
  'editor.minimap.enabled': false,
  'editor.accessibilitySupport': 'off',
};
