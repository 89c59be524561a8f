import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Rule, Tool } from './rule.js';
import type { Use } from './use.js';

/** The words after global options, with `docker compose` and `docker-compose` made equal. */
function path(use: Use): readonly string[] {
  const words = use.rest(0);
  return /^(docker|podman|nerdctl)-compose$/.test(use.invocation.program) ? ['compose', ...words] : words;
}

function sub(use: Use, from = 0): string {
  return path(use)[from] ?? '';
}

/** A removal whose operand cannot be known takes whatever a sub-command prints. */
function takesMany(use: Use): boolean {
  return use.invocation.fed || use.operands.some((word) => word.text.includes('\uFFFC'));
}

const RULES: readonly Rule[] = [
  {
    id: 'docker/remove-volume',
    title: 'Deletes volumes with the data in them',
    when: (use) => {
      const words = path(use);
      if (words[0] === 'volume') return /^(rm|remove|prune)$/.test(words[1] ?? '') ? { message: words[1] === 'prune' ? sentence('Deletes every volume that no container uses.') : sentence('Deletes {0} with the data in them.', words.slice(2).join(', ') || sentence('volumes')) } : false;
      if (words.includes('compose') && /^(down|rm)$/.test(composeVerb(words))) return use.has('-v --volumes') ? { message: sentence('Stops the services and deletes their volumes with the data in them.') } : false;
      if ((words[0] === 'rm' || (words[0] === 'container' && words[1] === 'rm')) && use.has('-v --volumes')) return { severity: 'medium' };
      return false;
    },
    severity: 'high',
    reversible: 'no',
    message: 'Deletes volumes with the data in them.',
    safer: 'docker volume ls',
    examples: {
      flagged: ['docker volume rm data', 'docker volume prune -f', 'docker compose down -v', 'docker-compose -f prod.yml down --volumes', 'podman volume rm x'],
      clear: ['docker volume ls', 'docker compose down', 'docker compose up -d', 'docker volume inspect data'],
    },
  },
  {
    id: 'docker/prune',
    title: 'Deletes everything that is not in use',
    when: (use) => {
      const words = path(use);
      if (words[0] === 'system' && words[1] === 'prune') return use.has('-a --all --volumes') ? {} : { severity: 'medium' };
      if (words[0] === 'system' && words[1] === 'reset') return { severity: 'critical' };
      if (/^(image|container|network|builder|buildx|pod|machine|manifest)$/.test(words[0] ?? '') && words[1] === 'prune') return words[0] === 'builder' || words[0] === 'buildx' ? { severity: 'low', effect: 'write' } : use.has('-a --all') ? { severity: 'medium' } : { severity: 'medium', reversible: 'with-effort' };
      return false;
    },
    severity: 'high',
    reversible: 'with-effort',
    message: (use) => (use.operand(0) === 'system' ? sentence('Deletes every container, network and image that is not in use.') : sentence('Deletes every {0} that is not in use.', use.operand(0) ?? sentence('object'))),
    safer: 'docker system df',
    examples: {
      flagged: ['docker system prune -af', 'docker image prune -a', 'podman system reset', 'docker container prune -f'],
      clear: ['docker system df', 'docker images', 'docker ps -a'],
    },
  },
  {
    id: 'docker/remove',
    title: 'Deletes containers, images or networks',
    when: (use) => {
      const words = path(use);
      const [first = '', second = ''] = words;
      if (first === 'compose') return composeVerb(words) === 'rm' ? use.has('-f --force -s --stop') && { severity: 'medium' } : composeVerb(words) === 'down' && use.has('--rmi') ? { severity: 'medium' } : false;
      if (first === 'rm' || (first === 'container' && /^(rm|remove)$/.test(second))) return use.has('-f --force -a --all') || takesMany(use) ? {} : false;
      if (first === 'rmi' || (first === 'image' && /^(rm|remove)$/.test(second))) return use.has('-f --force -a --all') || takesMany(use) || first === 'image' ? {} : false;
      if (/^(network|secret|config|context|plugin|pod|machine|stack|service|node|manifest)$/.test(first) && /^(rm|remove)$/.test(second)) return first === 'stack' || first === 'service' || first === 'node' || first === 'machine' ? { severity: 'high' } : {};
      if (first === 'swarm' && second === 'leave') return use.has('-f --force') ? { severity: 'high' } : {};
      return false;
    },
    severity: 'medium',
    reversible: 'with-effort',
    message: (use) => sentence('Deletes {0}.', use.rest(0).join(' ')),
    safer: 'docker ps -a',
    examples: {
      flagged: ['docker rm -f web', 'docker rmi -f app:1', 'docker rm $(docker ps -aq)', 'docker stack rm shop', 'docker image rm app'],
      clear: ['docker ps', 'docker rm web', 'docker run --rm app', 'docker rmi app:1'],
    },
  },
  {
    id: 'docker/stop',
    title: 'Stops containers',
    when: (use) => {
      const words = path(use);
      if (words[0] === 'compose') return /^(down|stop|kill)$/.test(composeVerb(words)) && !use.has('-v --volumes --rmi') ? { severity: 'low', effect: 'write' } : false;
      if (words[0] === 'kill' || (words[0] === 'container' && words[1] === 'kill')) return takesMany(use) ? {} : { severity: 'low', effect: 'write' };
      if (words[0] === 'rm' && !use.has('-f --force -a --all') && words.slice(1).some((name) => OTHERS_NEED.test(name))) return { message: sentence('Removes {0}, which other services need.', words.slice(1).join(', ')) };
      if (words[0] !== 'stop' && words[0] !== 'pause' && words[0] !== 'restart') return false;
      if (words[0] === 'stop' && words.slice(1).some((name) => OTHERS_NEED.test(name))) return { message: sentence('Stops {0}, which other services need.', words.slice(1).join(', ')) };
      return takesMany(use) && words[0] === 'stop' ? {} : { severity: 'low', effect: 'write' };
    },
    severity: 'medium',
    reversible: 'yes',
    message: 'Stops running containers.',
    safer: 'docker ps',
    examples: {
      flagged: ['docker stop $(docker ps -q)', 'docker compose down', 'docker kill web', 'docker stop shop-postgres-1', 'docker rm nginx'],
      clear: ['docker ps', 'docker compose ps', 'docker start web'],
    },
  },
  {
    id: 'docker/whole-machine',
    title: 'Gives a container the whole machine',
    when: (use) => {
      const words = path(use);
      if (!(words[0] === 'run' || words[1] === 'run' || words[0] === 'create')) return false;
      return use.values('-v --volume').some((value) => /^\/(etc|var|usr|root|home|boot)?\/?:/.test(value)) || use.values('--mount').some((value) => /(source|src)=\/(,|$)/.test(value)) ? {} : use.has('--privileged') && use.has('--pid') ? {} : false;
    },
    effect: 'write',
    severity: 'medium',
    reversible: 'with-effort',
    message: 'Gives a container write access to the system’s own directories.',
    safer: 'Mount only the directory that is needed, read-only.',
    examples: {
      flagged: ['docker run -v /:/host alpine ls', 'docker run -v /etc:/etc alpine ls', 'docker run --privileged --pid=host alpine ls'],
      clear: ['docker run -v "$PWD":/app node ls', 'docker run --rm alpine ls', 'docker run -v data:/data alpine ls'],
    },
  },
  {
    id: 'docker/push',
    title: 'Publishes an image',
    when: (use) => sub(use) === 'push' || (sub(use) === 'image' && sub(use, 1) === 'push') || (sub(use) === 'compose' && composeVerb(path(use)) === 'push') || (sub(use) === 'buildx' && use.has('--push')) || (sub(use) === 'stack' && sub(use, 1) === 'deploy') || (sub(use) === 'service' && /^(update|scale|create|rollback)$/.test(sub(use, 1))),
    effect: 'write',
    severity: 'low',
    reversible: 'with-effort',
    message: (use) => sentence('Publishes or deploys {0}.', use.rest(1).join(' ')),
    safer: 'docker image inspect',
    examples: {
      flagged: ['docker push app:1', 'docker stack deploy -c s.yml shop', 'podman push app:1'],
      clear: ['docker pull app:1', 'docker build .', 'docker compose build'],
    },
  },
];

/** Names of what all other containers stand on. */
const OTHERS_NEED = /(^|[-_/])(postgres(ql)?|mysql|mariadb|mongo(db)?|redis|nginx|traefik|haproxy|envoy|caddy|kong|rabbitmq|kafka|zookeeper|etcd|consul|vault|elasticsearch|opensearch|keycloak|registry|portainer|gitlab|db|database)([-_.:\d]|$)/i;

function composeVerb(words: readonly string[]): string {
  return words.slice(1).find((word) => /^(up|down|rm|stop|start|kill|run|exec|push|pull|build|ps|logs|config|restart|create|pause|unpause|top|port|images|ls|version|events|cp|watch)$/.test(word)) ?? '';
}

const HELM: readonly Rule[] = [
  {
    id: 'helm/uninstall', title: 'Removes a release', on: 'uninstall|delete|del|un', severity: 'high', reversible: 'with-effort',
    message: (use) => sentence('Removes the release {0} and everything it installed.', use.operand(1) ?? ''), safer: 'helm uninstall --dry-run',
    examples: { flagged: ['helm uninstall shop', 'helm delete shop -n pay', 'helm --kube-context prod uninstall shop'], clear: ['helm list', 'helm uninstall shop --dry-run', 'helm status shop'] },
  },
  {
    id: 'helm/rollback', title: 'Takes a release back, or replaces it by force', on: 'rollback|upgrade',
    when: (use) => use.operand(0) === 'rollback' || use.has('--force --force-replace --reset-values'), severity: 'medium', reversible: 'with-effort',
    message: (use) => sentence('Replaces what {0} runs.', use.operand(1) ?? sentence('a release')), safer: 'helm diff upgrade',
    examples: { flagged: ['helm rollback shop 3', 'helm upgrade --force shop ./chart', 'helm upgrade shop ./chart --reset-values'], clear: ['helm history shop', 'helm template ./chart', 'helm rollback shop 3 --dry-run'] },
  },
  {
    id: 'helm/upgrade', title: 'Installs or changes a release', on: 'install|upgrade|push', unless: '--force --reset-values --force-replace', effect: 'write', severity: 'low', reversible: 'with-effort',
    message: (use) => sentence('Installs or changes {0}.', use.operand(1) ?? sentence('a release')), safer: 'helm diff upgrade',
    examples: { flagged: ['helm install shop ./chart', 'helm upgrade --install shop ./chart', 'helm upgrade shop ./chart -n pay'], clear: ['helm template shop ./chart', 'helm lint', 'helm upgrade shop ./chart --dry-run'] },
  },
];

const VALUES = '-H --host --context --config -l --log-level -f --file -p --project-name --profile --env-file -t --timeout --rmi --filter -v --volume --mount --name --network -e --env -w --workdir -u --user --entrypoint --format --pid --time';

export const CONTAINER_TOOLS: readonly Tool[] = [
  defineTool({
    names: ['docker', 'podman', 'nerdctl', 'finch', 'buildah'],
    grammar: { values: VALUES.replace(' -v --volume', '').replace(' -f --file', ' --file').replace(' -t --timeout', ' --timeout'), valuesOf: { run: '-v --volume -p --publish', create: '-v --volume', compose: '-f --file -t', down: '-t', stop: '-t', container: '' } },
    harmless: '--dry-run',
    reads: ['ps|images|logs|inspect|version|info|stats|top|port|diff|history|search|events|context|exec|attach|wait', 'compose|container|image|volume|network|system|stack|service|node ls|list|ps|logs|inspect|config|df|info|top|images|version'],
    otherwise: 'write',
    rules: RULES,
  }),
  defineTool({
    names: ['docker-compose', 'podman-compose', 'nerdctl-compose'],
    grammar: { values: VALUES.replace(' -v --volume', '').replace(' -t --timeout', ' --timeout') },
    harmless: '--dry-run',
    reads: ['ps|logs|config|images|top|port|version|events|ls|exec'],
    otherwise: 'write',
    rules: RULES,
  }),
  defineTool({
    names: ['helm', 'helm3'],
    grammar: { values: '-n --namespace --kube-context --kubeconfig -f --values --set --set-string --set-file --version --timeout --repo --description --history-max -o --output' },
    harmless: '--dry-run -h',
    reads: ['list|ls|status|get|history|show|template|lint|search|version|env|diff|verify|pull|dependency|repo|completion|plugin|test'],
    otherwise: 'write',
    rules: HELM,
  }),
];
