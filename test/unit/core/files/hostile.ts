/** Files that grow without end, to see that reading them does not take more than its share. */
export interface HostileFile {
  readonly name: string;
  readonly path: string;
  /** A text of about the given number of pieces. */
  readonly make: (count: number) => string;
}

const file = (path: string, name: string, make: (count: number) => string): HostileFile => ({ path, name, make });

export const HOSTILE_FILES: readonly HostileFile[] = [
  file('x.js', 'calls that never close', (count) => 'exec('.repeat(count)),
  file('x.js', 'calls in calls', (count) => `${'exec('.repeat(count)}${')'.repeat(count)}`),
  file('x.js', 'lists in calls', (count) => 'rm(['.repeat(count)),
  file('x.js', 'assignments', (count) => 'a='.repeat(count)),
  file('x.js', 'templates that never end', (count) => 'exec(`${'.repeat(count)),
  file('x.py', 'calls that never close', (count) => 'os.system('.repeat(count)),
  file('x.rb', 'calls without brackets', (count) => 'system "a" '.repeat(count)),
  file('x.yaml', 'aliases of aliases', (count) => `apiVersion: v1\nkind: x\n${Array.from({ length: count }, (_, i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`).join('\n')}`),
  file('x.yaml', 'merges of merges', (count) => `apiVersion: v1\nkind: x\n${Array.from({ length: count }, (_, i) => `a${i}: &a${i} {<<: *a${i - 1}, k${i}: 1}`).join('\n')}`),
  file('.gitlab-ci.yml', 'jobs that extend each other', (count) => Array.from({ length: count }, (_, i) => `j${i}: {extends: j${i + 1}, script: ls}`).join('\n')),
  file('.gitlab-ci.yml', 'references in a circle', (count) => `a:\n  script:\n${'    - !reference [a, script]\n'.repeat(count)}`),
  file('.gitlab-ci.yml', 'jobs that share a script', (count) => `.x:\n  script:\n${'    - echo hello\n'.repeat(count)}${Array.from({ length: count }, (_, i) => `a${i}: {extends: .x}\n`).join('')}`),
  file('Jenkinsfile', 'blocks in blocks', (count) => "stage('x') { sh 'ls' ".repeat(count)),
  file('Jenkinsfile', 'strings that never end', (count) => '"${'.repeat(count)),
  file('x.tf', 'blocks in blocks', (count) => 'a {'.repeat(count)),
  file('x.tf', 'here-documents that never end', (count) => 'a = <<E\n'.repeat(count)),
  file('x.tf.json', 'lists of blocks', (count) => `{"resource":[${'{"a":{"b":{"count":0}}},'.repeat(count)}{}]}`),
  file('Makefile', 'continuations', (count) => `a:\n\t${'x \\\n'.repeat(count)}`),
  file('Taskfile.yml', 'templates', (count) => `tasks: {a: "${'{{.X'.repeat(count)}"}`),
  file('pyproject.toml', 'tables', (count) => '[tool.poe.tasks]\na = "ls"\n'.repeat(count)),
  file('tox.ini', 'commands', (count) => `[testenv]\ncommands =\n${'  ls\n'.repeat(count)}`),
  file('Dockerfile', 'continuations', (count) => `RUN ${'x \\\n'.repeat(count)}`),
  file('x.sql', 'statements', (count) => 'DROP TABLE a;\n'.repeat(count)),
];
