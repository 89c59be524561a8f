import assert from 'node:assert/strict';
import { cases, scan } from './cases.js';

const DESTROY = 'terraform/destroy';
const job = (steps: string, head = ''): string => `on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${head}    steps:\n${steps}`;

describe('workflows', () => {
  cases(
    [
      ['a block', '.github/workflows/x.yml', job('      - run: |\n          set -e\n          «terraform destroy»\n'), [DESTROY]],
      ['a folded block', '.github/workflows/x.yml', job('      - run: >-\n          «terraform\n          destroy»\n          -auto-approve\n').replace('destroy»\n          -auto-approve', 'destroy\n          -auto-approve»'), [DESTROY]],
      ['a quoted line', '.github/workflows/x.yml', job(`      - run: "echo \\"x\\"; «kubectl delete ns shop»"\n`), ['kubernetes/delete']],
      ['a single-quoted line', '.github/workflows/x.yml', job(`      - run: 'echo ''x''; «git push --force»'\n`), ['git/force-push']],
      ['expressions', '.github/workflows/x.yml', job('      - run: «kubectl delete ns ${{ inputs.name }}»\n'), ['kubernetes/delete']],
      ['another language', '.github/workflows/x.yml', job('      - shell: python\n        run: |\n          import os\n          «os.system("terraform destroy")»\n'), [DESTROY]],
      ['what changes production', '.github/workflows/x.yml', job('      - run: «kubectl apply -f x.yaml»\n', '    environment: production\n'), ['kubernetes/apply']],
      ['a step of an action', 'action.yml', 'runs:\n  using: composite\n  steps:\n    - run: «terraform destroy»\n      shell: bash\n', [DESTROY]],
    ],
    [
      ['names and conditions', '.github/workflows/x.yml', job('      - name: terraform destroy\n        run: npm test\n')],
      ['the runner’s own disk', '.github/workflows/x.yml', job('      - run: sudo rm -rf /usr/share/dotnet /opt/ghc\n')],
      ['changes outside production', '.github/workflows/x.yml', job('      - run: kubectl apply -f x.yaml\n', '    environment: development\n')],
      ['an example in a comment', '.github/workflows/x.yml', job('      # - run: terraform destroy\n      - run: ls\n')],
    ],
  );
  it('say which job and environment it is', () => {
    const [finding] = scan('.github/workflows/x.yml', job('      - name: Bye\n        run: terraform destroy\n', '    environment:\n      name: production\n'));
    assert.deepEqual(finding?.via, ['job deploy', 'environment production', 'Bye']);
  });
});

describe('other pipelines', () => {
  cases(
    [
      ['a GitLab script', '.gitlab-ci.yml', 'x:\n  script:\n    - ls\n    - «terraform destroy»\n', [DESTROY]],
      ['a GitLab block', '.gitlab-ci.yml', 'x:\n  before_script:\n    - |\n      cd infra\n      «terraform destroy»\n', [DESTROY]],
      ['GitLab production', '.gitlab-ci.yml', 'x:\n  environment: production\n  script: «helm upgrade shop ./chart»\n', ['helm/upgrade']],
      ['CircleCI', '.circleci/config.yml', 'jobs:\n  x:\n    steps:\n      - run:\n          command: «terraform destroy»\n', [DESTROY]],
      ['Azure', 'azure-pipelines.yml', 'steps:\n  - bash: «terraform destroy»\n', [DESTROY]],
      ['Compose', 'docker-compose.yml', 'services:\n  a:\n    command: ["sh", "-c", «"rm -rf /srv/data"»]\n', ['filesystem/remove-recursive']],
    ],
    [
      ['GitLab variables', '.gitlab-ci.yml', 'variables:\n  X: terraform destroy\nx:\n  script: [make build]\n'],
      ['a container’s disk', '.gitlab-ci.yml', 'image: debian\nx:\n  script: rm -rf /var/lib/apt/lists\n'],
      ['Compose services', 'compose.yaml', 'services:\n  a:\n    image: x\n    command: ["node", "server.js"]\n'],
      ['CircleCI names', '.circleci/config.yml', 'jobs:\n  x:\n    steps:\n      - run: {name: terraform destroy, command: ls}\n'],
    ],
  );
});
