import assert from 'node:assert/strict';
import { cases, scan } from './cases.js';

describe('anchors, merges and references', () => {
  cases(
    [
      ['a step behind an alias', '.github/workflows/x.yml', 'x-bye: &bye\n  run: «kubectl apply -f x.yaml»\njobs:\n  a:\n    environment: production\n    steps:\n      - *bye\n', ['kubernetes/apply']],
      ['a list behind an alias', '.gitlab-ci.yml', '.x: &x\n  - «kubectl delete ns a»\na:\n  script: *x\n', ['kubernetes/delete']],
      ['a merged mapping', '.gitlab-ci.yml', '.x: &x {environment: production}\na:\n  <<: *x\n  script: «kubectl apply -f a.yaml»\n', ['kubernetes/apply']],
      ['several merged mappings', 'compose.yaml', 'x-a: &a\n  command: «rm -rf /srv/data»\nx-b: &b {image: x}\nservices:\n  a:\n    <<: [*b, *a]\n', ['filesystem/remove-recursive']],
      ['a reference', '.gitlab-ci.yml', '.x:\n  script:\n    - «kubectl apply -f a.yaml»\na:\n  environment: production\n  script:\n    - !reference [.x, script]\n', ['kubernetes/apply']],
      ['an extended job', '.gitlab-ci.yml', '.x:\n  script: «kubectl apply -f a.yaml»\n.y:\n  extends: .x\na:\n  extends: [.z, .y]\n  environment: production\n', ['kubernetes/apply']],
      ['what all jobs do first', '.gitlab-ci.yml', 'default:\n  before_script:\n    - «terraform destroy»\na:\n  script: ls\n', ['terraform/destroy']],
      ['variables of a job', '.gitlab-ci.yml', 'a:\n  variables: {TF_WORKSPACE: prod}\n  script: «terraform apply»\n', ['terraform/apply']],
      ['replicas behind an alias', 'a.yaml', 'apiVersion: apps/v1\nkind: Deployment\nx: &n 0\nspec:\n  «replicas: *n»\n', ['kubernetes-file/replicas-zero']],
    ],
    [
      ['what a job says instead', '.gitlab-ci.yml', '.x: &x {environment: production}\na:\n  <<: *x\n  environment: review\n  script: kubectl apply -f a.yaml\n'],
      ['an alias that stands for nothing', '.gitlab-ci.yml', 'a:\n  script: *nothing\n'],
      ['jobs in a circle', '.gitlab-ci.yml', 'a: {extends: b}\nb: {extends: [a, b], script: [!reference [b, script]]}\n'],
      ['another job’s environment', '.gitlab-ci.yml', '.x: {environment: production}\na:\n  script: kubectl apply -f a.yaml\n'],
    ],
  );
  it('that would never end are told', () => {
    const bomb = `a0: &a0 [ls]\n${Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`).join('\n')}\n`;
    for (const text of [bomb, 'a: &a\n  script: *a\n', 'a: &a\n  <<: *a\n  script: ls\n']) assert.deepEqual(scan('.gitlab-ci.yml', text).map(({ rule }) => rule), ['file/too-deep'], text);
  });
  it('that repeat commands without end are told', () => {
    const text = `.x:\n  script:\n${'    - echo hello\n'.repeat(3000)}${Array.from({ length: 3000 }, (_, i) => `a${i}: {extends: .x}\n`).join('')}`;
    assert.deepEqual(scan('.gitlab-ci.yml', text).map(({ rule }) => rule), ['file/too-much']);
  });
});
