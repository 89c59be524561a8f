import assert from 'node:assert/strict';
import { assessIn, PROJECT } from './fake-world.js';

/** Nothing of this is known to follow or to obey files: it is bound because it is named. */
describe('a file that a command names is bound into the operation', () => {
  const files = { 'prod.tfplan': 'x', 'compose.yml': 'x', 'prod.env': 'A=1', 'ids.json': '[]', 'stack.yaml': 'x', 'log.txt': 'x', 'prod.db': 'x', '/home/ada/kube': 'x' };
  const cases: readonly [command: string, bound: readonly string[]][] = [
    ['terraform apply prod.tfplan', ['prod.tfplan']],
    ['docker --context prod compose -f compose.yml --env-file prod.env down -v', ['compose.yml', 'prod.env']],
    ['aws --profile prod s3api delete-objects --bucket x --delete file://ids.json', ['ids.json']],
    ['aws --profile prod cloudformation deploy --template-file=stack.yaml --stack-name x', ['stack.yaml']],
    ['curl -X DELETE -d @ids.json https://prod.example.com/x', ['ids.json']],
    ['curl -X POST -F list=@ids.json https://prod.example.com/x', ['ids.json']],
    ['kubectl --kubeconfig ~/kube --context prod delete ns x', ['/home/ada/kube']],
    ['deployctl production stack.yaml', ['stack.yaml']],
    ['kubectl --context prod delete ns x | tee log.txt', []],
    ["sqlite3 prod.db 'DROP TABLE x'", []],
    ['ssh prod.example.com rm stack.yaml', []],
    ['kubectl --context prod delete ns nothing.yaml', []],
  ];
  for (const [command, bound] of cases) {
    it(`${command}: ${bound.join(', ') || 'none'}`, () => {
      const paths = assessIn(command, { files }).inputs.filter(({ sha256 }) => sha256 !== undefined).map(({ path }) => path);
      assert.deepEqual(paths.filter((path) => path !== '/home/ada/kube' || command.includes('kube')).sort(), bound.map((path) => (path.startsWith('/') ? path : `${PROJECT}/${path}`)).sort());
    });
  }
});
