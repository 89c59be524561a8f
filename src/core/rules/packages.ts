import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Rule, Tool } from './rule.js';

const UNPUBLISH: Rule = {
  id: 'packages/unpublish',
  title: 'Takes a published package away from everybody',
  on: ['unpublish|deprecate|yank', 'npm unpublish', 'owner', 'access revoke', 'dist-tag rm', 'team destroy|rm', 'org rm', 'hex.retire', 'hex.publish', 'nuget delete', 'token revoke', 'delete'],
  when: (use) => {
    const { program } = use.invocation;
    const [first = '', second = ''] = use.rest(0);
    if (first === 'owner' && !/^(remove|rm)$/.test(second)) return use.has('-r --remove') && { severity: 'medium', reversible: 'with-effort' };
    if (first === 'delete') return program === 'nuget' || program === 'twine' ? {} : false;
    if (first === 'hex.publish') return use.has('--revert');
    if (first === 'yank' && use.has('--undo')) return false;
    return first === 'deprecate' || second === 'rm' || first === 'owner' || first === 'token' ? { severity: 'medium', reversible: 'with-effort' } : {};
  },
  severity: 'critical', reversible: 'no', message: (use) => sentence('Takes away what others depend on: {0} {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'Publish a fixed version.',
  examples: { flagged: ['npm unpublish left-pad', 'npm deprecate pkg "old"', 'cargo yank --vers 1.0.0 pkg', 'gem yank pkg -v 1.0', 'yarn npm unpublish pkg', 'cargo owner --remove alice pkg', 'gem owner pkg -r a@b.example', 'npm owner rm alice pkg'], clear: ['npm view pkg', 'npm publish --dry-run', 'cargo search pkg', 'npm owner ls', 'cargo owner --list pkg', 'cargo owner --add alice pkg'] },
};

const PUBLISH: Rule = {
  id: 'packages/publish',
  title: 'Publishes a package',
  on: ['publish|deploy|release|upload|push|register', 'npm publish', 'release:perform|release:prepare', 'nuget push', 'hex.publish', 'deploy:deploy', 'sonatype:deploy', 'run publish|release'],
  when: (use) => {
    const { program } = use.invocation;
    const [first = ''] = use.rest(0);
    if (program === 'npm' || program === 'pnpm' || program === 'bun' || program === 'yarn') return first === 'publish' || (first === 'npm' && use.operand(1) === 'publish');
    if (program === 'gem') return first === 'push';
    if (program === 'twine') return first === 'upload';
    if (program === 'dart' || program === 'flutter' || program === 'go') return false;
    return true;
  },
  severity: 'medium', reversible: 'with-effort', message: 'Publishes a package to everybody who depends on it; its version number is used up for good.', safer: 'npm publish --dry-run',
  examples: { flagged: ['npm publish', 'cargo publish', 'twine upload dist/*', 'poetry publish --build', './gradlew publish', 'mvn deploy', 'gem push a.gem'], clear: ['npm publish --dry-run', 'npm pack', 'cargo package', 'mvn package', './gradlew build'] },
};

const CACHE: Rule = {
  id: 'packages/clear-cache', title: 'Deletes a package cache', on: ['cache clean|clear|purge|rm|verify-force', 'clean --all', 'store prune', 'cache dir --clear'],
  severity: 'low', reversible: 'yes', message: 'Deletes what was downloaded before; it will be downloaded again.', safer: 'npm cache verify',
  examples: { flagged: ['npm cache clean --force', 'yarn cache clean', 'pip cache purge'], clear: ['npm cache ls', 'npm install', 'pip list'] },
};

export const PACKAGE_TOOLS: readonly Tool[] = [
  defineTool({
    names: ['npm', 'pnpm', 'yarn', 'bun', 'cargo', 'gem', 'twine', 'poetry', 'uv', 'hatch', 'flit', 'pdm', 'mvn', 'mvnw', 'gradle', 'gradlew', 'sbt', 'lein', 'nuget', 'dotnet', 'mix', 'rebar3', 'pip', 'pip3', 'composer', 'cpan-upload', 'vsce', 'ovsx', 'jsr', 'lerna', 'changeset', 'semantic-release', 'np', 'release-it', 'goreleaser', 'luarocks', 'stack', 'cabal', 'pod', 'conan', 'anaconda'],
    grammar: { values: '--registry --tag -w --workspace --prefix -C --dir --access --otp --loglevel -F --filter --vers --version-value -v --version -k -p --project --file -f --pom --token --index-url' },
    harmless: '--dry-run -n --dryrun --snapshot',
    reads: ['view|show|info|ls|list|search|outdated|audit|why|explain|whoami|ping|help|docs|config|bin|root|prefix|doctor|fund|licenses|tree|metadata|check|help|completion|cache', 'test|t|lint'],
    otherwise: 'write',
    rules: [UNPUBLISH, PUBLISH, CACHE],
  }),
];
