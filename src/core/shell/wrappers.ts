import type { Place } from './program.js';

/** How a program hands what follows to another one. Options are given as space-separated lists. */
export interface Wrapper {
  /** The program and, where only a sub-command wraps, its words: `docker exec`. */
  readonly command: string;
  /** Options that take a value, and so eat the next word. */
  readonly values?: string;
  /** Options whose value is a shell text to run. */
  readonly texts?: string;
  /** Operands in front of the inner command: a duration, a lock file, a host. */
  readonly skip?: number;
  /** Options may also stand between those operands and the inner command. */
  readonly interleaved?: true;
  /** `NAME=value` words may stand in front of the inner command. */
  readonly assignments?: true;
  /** Whether the rest is a program's arguments, a text for a shell, or nothing at all. Default `command`. */
  readonly rest?: 'command' | 'text' | 'none';
  /** Options whose value is the directory that the inner command runs in. */
  readonly chdir?: string;
  /** The inner command is only what follows `--`. */
  readonly dashes?: true;
  /** The last skipped operand names where the inner command runs. */
  readonly place?: Place['kind'];
  /** The environment variable that the last skipped operand (or `-p`) gives to the inner command. */
  readonly sets?: string;
  /** Options whose value is a file of variables that the inner command gets. */
  readonly loads?: string;
  /** The wrapper is itself a call with an effect of its own, so it is kept as well. */
  readonly self?: true;
}

/** The variable in which an inner command finds the name of the file that was loaded for it; no program can set it. */
export const LOADED_FILE = 'countersign loaded file';

const DOCKER_GLOBALS = '-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey';
const RUN_VALUES = `${DOCKER_GLOBALS} -a --attach --add-host --annotation --blkio-weight --cap-add --cap-drop --cgroup-parent --cgroupns --cidfile --cpu-shares --cpus --cpuset-cpus -c --device --dns --entrypoint -e --env --env-file --expose --gpus --group-add --health-cmd -h --hostname --ip --ipc --isolation --label -l --label-file --link --log-driver --log-opt --mac-address -m --memory --memory-swap --mount --name --network --net --pid --platform -p --publish --pull --restart --runtime --security-opt --shm-size --stop-signal --stop-timeout --storage-opt --sysctl --tmpfs --ulimit -u --user --userns --uts -v --volume --volume-driver --volumes-from -w --workdir`;
const EXEC_VALUES = `${DOCKER_GLOBALS} -e --env --env-file --detach-keys -u --user -w --workdir --index`;
const COMPOSE_VALUES = '-f --file -p --project-name --profile --env-file --project-directory --ansi --parallel --progress';
const KUBE_VALUES = '-n --namespace --context --kubeconfig --cluster --user -s --server --token --as --as-group -c --container -f --filename --request-timeout --certificate-authority --client-key --client-certificate --pod-running-timeout -v';
const SSH_VALUES = '-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -P -Q -R -S -W -w';

/** Every wrapper we know. The engine in `unwrap.ts` knows no name of its own but the shells and a few with a grammar of their own. */
export const WRAPPERS: readonly Wrapper[] = [
  { command: 'sudo', chdir: '-D --chdir', values: '-u -g -h -p -C -T -R -D -U -r -t --user --group --host --prompt --close-from --command-timeout --chroot --chdir --other-user --role --type', assignments: true },
  { command: 'doas', values: '-u -C', assignments: true },
  { command: 'pkexec', values: '--user' },
  { command: 'run0', values: '-u --user -g --group --unit --property -D --chdir', assignments: true },
  { command: 'su', values: '-s --shell -g --group -G --supp-group -w', texts: '-c --command --session-command', rest: 'none', skip: 2, interleaved: true },
  { command: 'runuser', values: '-u --user -g --group -s --shell', texts: '-c --command' },
  { command: 'env', chdir: '-C --chdir', values: '-u --unset -C --chdir --argv0 -P', texts: '-S --split-string', assignments: true },
  { command: 'cross-env', assignments: true },
  { command: 'cross-env-shell', assignments: true, rest: 'text' },
  { command: 'dotenv', values: '-e -f -c -p -v', assignments: true, loads: '-e -f' },
  { command: 'env-cmd', values: '-f --file -e --environments -r --rc-file', loads: '-f --file' },
  { command: 'dotenvx run', values: '-f --env-file -e --env', loads: '-f --env-file' },
  { command: 'nohup' },
  { command: 'time', values: '-f --format -o --output' },
  { command: 'nice', values: '-n --adjustment' },
  { command: 'ionice', values: '-c -n -p -P -u --class --classdata' },
  { command: 'chrt', skip: 1, values: '-T -P -D' },
  { command: 'taskset', skip: 1 },
  { command: 'cpulimit', values: '-l -e -p --limit' },
  { command: 'timeout', values: '-k -s --kill-after --signal', skip: 1 },
  { command: 'gtimeout', values: '-k -s --kill-after --signal', skip: 1 },
  { command: 'stdbuf', values: '-i -o -e --input --output --error' },
  { command: 'unbuffer' },
  { command: 'setsid' },
  { command: 'setarch', skip: 1 },
  { command: 'linux32' },
  { command: 'linux64' },
  { command: 'prlimit' },
  { command: 'softlimit', values: '-m -d -s -l -a -o -p -f -c -r -t' },
  { command: 'setpriv', values: '--reuid --regid --groups --securebits --pdeathsig --selinux-label --apparmor-profile' },
  { command: 'capsh', texts: '-c', rest: 'none' },
  { command: 'unshare', values: '-S -G --setuid --setgid -R --root -w --wd --setgroups --propagation' },
  { command: 'nsenter', values: '-t --target -S --setuid -G --setgid -r -w --wd' },
  { command: 'chroot', values: '--userspec --groups', skip: 1 },
  { command: 'fakeroot', values: '-l --lib -s -i -u' },
  { command: 'fakechroot' },
  { command: 'proot', values: '-r -b -w -q -k -0 --rootfs --bind --cwd' },
  { command: 'bwrap', values: '--chdir --setenv --unsetenv --hostname', skip: 0 },
  { command: 'firejail' },
  { command: 'flock', values: '-w --timeout -E --conflict-exit-code', texts: '-c --command', skip: 1, interleaved: true },
  { command: 'lockf', values: '-t', skip: 1 },
  { command: 'strace', values: '-o -e -p -s -u -P -a -E -I -O -S -X' },
  { command: 'ltrace', values: '-o -e -p -s -u -a -l' },
  { command: 'valgrind' },
  { command: 'perf stat', values: '-e -o -r' },
  { command: 'caffeinate', values: '-t -w' },
  { command: 'systemd-run', values: '-u --unit -p --property -M --machine -H --host -E --setenv --slice --uid --gid --working-directory --description --on-calendar --on-active' },
  { command: 'systemd-inhibit', values: '--what --who --why --mode' },
  { command: 'dbus-run-session' },
  { command: 'xvfb-run', values: '-n -s -e -f -p -w --server-num --server-args --error-file' },
  { command: 'proxychains', values: '-f' },
  { command: 'proxychains4', values: '-f' },
  { command: 'torsocks' },
  { command: 'winpty' },
  { command: 'rtk' },
  { command: 'command', values: '' },
  { command: 'builtin' },
  { command: 'exec', values: '-a' },
  { command: 'noglob' },
  { command: 'nocorrect' },
  { command: '-' },
  { command: 'repeat', skip: 1 },
  { command: 'and' },
  { command: 'or' },
  { command: 'not' },
  { command: 'begin' },
  { command: 'busybox' },
  { command: 'toybox' },
  { command: 'watch', values: '-n --interval -q --equexit', rest: 'text' },
  { command: 'entr' },
  { command: 'reflex', values: '-r -g -R -G' },
  { command: 'watchexec', values: '-w -e -f -i -d --watch --exts --filter --ignore --debounce', rest: 'text' },
  { command: 'nodemon', texts: '-x --exec', values: '-w --watch -e --ext -i --ignore -d --delay', rest: 'none' },
  { command: 'concurrently', values: '-n --names -c --prefix-colors', rest: 'text' },
  { command: 'script', values: '-E -I -O -B -T -m -o --echo --log-in --log-out --log-io --log-timing', texts: '-c --command', rest: 'none' },
  { command: 'screen', values: '-S -c -e -h -s -t -T -p -X' },
  { command: 'tmux new-session', values: '-s -n -c -F -t -x -y -e -f -L -S', rest: 'text' },
  { command: 'tmux new', values: '-s -n -c -F -t -x -y -e -f -L -S', rest: 'text' },
  { command: 'tmux new-window', values: '-n -c -F -t -e -L -S', rest: 'text' },
  { command: 'tmux split-window', values: '-c -F -t -e -l -p -L -S', rest: 'text' },
  { command: 'tmux send-keys', values: '-t -N -L -S', rest: 'text' },
  { command: 'tmux run-shell', values: '-t -d -L -S', rest: 'text' },
  { command: 'expect', texts: '-c', rest: 'none' },
  // Machines.
  { command: 'ssh', values: SSH_VALUES, skip: 1, interleaved: true, rest: 'text', place: 'host', self: true },
  { command: 'autossh', values: `${SSH_VALUES} -M`, skip: 1, interleaved: true, rest: 'text', place: 'host' },
  { command: 'sshpass', values: '-f -d -p -P' },
  { command: 'mosh', values: '-p --ssh --predict --port', skip: 1, place: 'host' },
  { command: 'tsh ssh', values: '-l -p --login --port --proxy --cluster', skip: 1, rest: 'text', place: 'host' },
  { command: 'vagrant ssh', texts: '-c --command', rest: 'none' },
  { command: 'multipass exec', skip: 1, dashes: true, place: 'host' },
  { command: 'lxc exec', skip: 1, dashes: true, place: 'container' },
  { command: 'incus exec', skip: 1, dashes: true, place: 'container' },
  { command: 'pct exec', skip: 1, dashes: true, place: 'container' },
  { command: 'machinectl shell', skip: 1, place: 'container' },
  { command: 'systemd-nspawn', values: '-D -i -M -u --directory --image --machine --user' },
  { command: 'gcloud compute ssh', values: '--zone --project --ssh-flag --ssh-key-file --container', texts: '--command', skip: 1, dashes: true, interleaved: true, self: true, place: 'host', rest: 'text' },
  { command: 'az ssh vm', values: '-g -n --resource-group --name --ip', dashes: true, rest: 'text' },
  { command: 'heroku run', values: '-a --app -r --remote -s --size -e --env', rest: 'text', place: 'host', self: true },
  { command: 'fly ssh console', values: '-a --app -c --config -r --region -s', texts: '-C --command', rest: 'none', place: 'host' },
  { command: 'flyctl ssh console', values: '-a --app -c --config -r --region', texts: '-C --command', rest: 'none', place: 'host' },
  { command: 'railway run', values: '-s --service -e --environment' },
  { command: 'eb ssh', texts: '-c --command', values: '-n -i', rest: 'none' },
  { command: 'pdsh', values: '-w -x -l -f -t -u -R', rest: 'text' },
  { command: 'pssh', values: '-h -H -l -p -o -e -t -O', rest: 'text' },
  // Containers and clusters.
  { command: 'docker exec', values: EXEC_VALUES, skip: 1, place: 'container', self: true },
  { command: 'docker container exec', values: EXEC_VALUES, skip: 1, place: 'container', self: true },
  { command: 'docker run', values: RUN_VALUES, skip: 1, place: 'container', self: true },
  { command: 'docker container run', values: RUN_VALUES, skip: 1, place: 'container', self: true },
  { command: 'docker compose exec', values: `${EXEC_VALUES} ${COMPOSE_VALUES}`, skip: 1, place: 'container', self: true },
  { command: 'docker compose run', values: `${RUN_VALUES} ${COMPOSE_VALUES}`, skip: 1, place: 'container', self: true },
  { command: 'docker-compose exec', values: `${EXEC_VALUES} ${COMPOSE_VALUES}`, skip: 1, place: 'container', self: true },
  { command: 'docker-compose run', values: `${RUN_VALUES} ${COMPOSE_VALUES}`, skip: 1, place: 'container', self: true },
  { command: 'podman exec', values: EXEC_VALUES, skip: 1, place: 'container', self: true },
  { command: 'podman run', values: RUN_VALUES, skip: 1, place: 'container', self: true },
  { command: 'nerdctl exec', values: EXEC_VALUES, skip: 1, place: 'container', self: true },
  { command: 'nerdctl run', values: RUN_VALUES, skip: 1, place: 'container', self: true },
  { command: 'crictl exec', values: '-r --runtime-endpoint', skip: 1, place: 'container' },
  { command: 'kubectl exec', values: KUBE_VALUES, skip: 1, dashes: true, place: 'pod', self: true },
  { command: 'kubectl debug', values: `${KUBE_VALUES} --image --target --profile`, skip: 1, dashes: true, place: 'pod', self: true },
  { command: 'kubectl run', values: `${KUBE_VALUES} --image --env --labels -l --overrides --restart`, skip: 1, dashes: true, place: 'pod', self: true },
  { command: 'oc exec', values: KUBE_VALUES, skip: 1, dashes: true, place: 'pod', self: true },
  { command: 'oc rsh', values: KUBE_VALUES, skip: 1, place: 'pod', self: true },
  // Secrets and profiles.
  { command: 'aws-vault exec', values: '-d --duration -r --region -t --mfa-token', skip: 1, dashes: true, sets: 'AWS_PROFILE' },
  { command: 'awsume', skip: 1 },
  { command: 'granted', skip: 1 },
  { command: 'chamber exec', values: '-r --retries -b --backend', dashes: true, skip: 1 },
  { command: 'doppler run', values: '-p --project -c --config -t --token', texts: '--command', dashes: true, self: true },
  { command: 'op run', values: '--env-file --account --environment', dashes: true, loads: '--env-file --environment' },
  { command: 'infisical run', values: '--env --path --projectId --token', texts: '--command', dashes: true, loads: '--env' },
  { command: 'envchain', skip: 1, sets: 'ENVCHAIN' },
  { command: 'teller run', dashes: true },
  { command: 'sops exec-env', skip: 1, rest: 'text' },
  { command: 'vault-env' },
  { command: 'direnv exec', skip: 1 },
  // Package runners and language tool chains.
  { command: 'npx', values: '-p --package -w --workspace', texts: '-c --call' },
  { command: 'bunx', values: '-p --package' },
  { command: 'pnpm exec', values: '-C --dir --filter -F' },
  { command: 'pnpm dlx', values: '--package' },
  { command: 'pnpx' },
  { command: 'npm exec', values: '-p --package -w --workspace', texts: '-c --call' },
  { command: 'npm x', values: '-p --package', texts: '-c --call' },
  { command: 'yarn exec' },
  { command: 'yarn dlx', values: '-p --package' },
  { command: 'bundle exec', values: '--gemfile' },
  { command: 'poetry run', values: '-C --directory -P --project' },
  { command: 'pipenv run' },
  { command: 'pipx run', values: '--spec --python' },
  { command: 'uv run', values: '-p --python --with --extra --group --env-file --directory --project --package', loads: '--env-file' },
  { command: 'uvx', values: '-p --python --from --with' },
  { command: 'hatch run' },
  { command: 'pdm run' },
  { command: 'rye run' },
  { command: 'conda run', values: '-n --name -p --prefix --cwd' },
  { command: 'mise exec', dashes: true },
  { command: 'mise x', dashes: true },
  { command: 'asdf exec' },
  { command: 'rbenv exec' },
  { command: 'pyenv exec' },
  { command: 'nvm exec', skip: 1 },
  { command: 'volta run', values: '--node --npm --yarn' },
  { command: 'fnm exec', values: '--using' },
  { command: 'nix-shell', values: '-p -A --arg --argstr -I', texts: '--run --command', rest: 'none' },
  { command: 'nix shell', texts: '', values: '-c', dashes: true },
  { command: 'nix develop', values: '', rest: 'command' },
  { command: 'guix shell', dashes: true },
  { command: 'devbox run', values: '-c --config' },
  { command: 'steam-run' },
  { command: 'go-task', rest: 'none' },
  // Programs with an option that runs something.
  { command: 'rsync', values: '--exclude --include --filter -f --files-from --log-file --bwlimit --backup-dir --suffix --chmod --chown --timeout --max-size --min-size --compare-dest --copy-dest --link-dest --partial-dir --password-file --port --rsync-path -M --remote-option -T --temp-dir', texts: '-e --rsh', rest: 'none', self: true },
  { command: 'git rebase', values: '--onto -s --strategy -X', texts: '-x --exec', rest: 'none', self: true },
  { command: 'git bisect run', self: true },
  { command: 'git submodule foreach', rest: 'text', self: true },
  { command: 'git filter-branch', texts: '--tree-filter --index-filter --msg-filter --env-filter --commit-filter --parent-filter --setup', values: '-d --original --state-branch --subdirectory-filter', rest: 'none', self: true },
  { command: 'lerna exec', values: '--scope --ignore --concurrency', dashes: true },
  { command: 'rush-pnpm exec' },
  { command: 'forfiles', texts: '/c', values: '/p /m /d', rest: 'none' },
];
