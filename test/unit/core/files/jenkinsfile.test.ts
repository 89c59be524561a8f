import { cases } from './cases.js';

const DESTROY = 'terraform/destroy';
const stage = (step: string, name = 'Deploy'): string => `pipeline {\n  agent any\n  stages {\n    stage('${name}') {\n      steps {\n        ${step}\n      }\n    }\n  }\n}\n`;

describe('Jenkinsfiles', () => {
  cases(
    [
      ['a step', 'Jenkinsfile', stage("sh '«terraform destroy»'"), [DESTROY]],
      ['a block', 'Jenkinsfile', stage('sh """\n  set -e\n  «kubectl delete ns ${params.NS}»\n"""'), ['kubernetes/delete']],
      ['named arguments', 'ci/Jenkinsfile.prod', stage("sh(label: 'x', script: '«git push --force»', returnStatus: true)"), ['git/force-push']],
      ['texts put together', 'Jenkinsfile', stage('sh "«rm -rf " + dir + "/x»"'), ['filesystem/remove-recursive']],
      ['a Windows step', 'Jenkinsfile', stage(String.raw`bat '«rd /s /q C:\\data»'`), ['windows/del']],
      ['PowerShell', 'Jenkinsfile', stage("powershell '«Remove-Item -Recurse -Force C:/Data»'"), ['windows/remove-item']],
      ['a scripted pipeline', 'Jenkinsfile', "node {\n  def out = sh(returnStdout: true, script: '''\n    «terraform destroy»\n  '''.stripIndent())\n}\n", [DESTROY]],
      ['a shared library', 'vars/bye.groovy', "def call() {\n  sh '«terraform destroy»'\n}\n", [DESTROY]],
      ['production by its stage', 'Jenkinsfile', stage("sh '«kubectl apply -f a.yaml»'", 'Deploy to production'), ['kubernetes/apply']],
      ['production by its environment', 'Jenkinsfile', "pipeline {\n  environment { TF_WORKSPACE = 'prod' }\n  stages { stage('x') { steps { sh '«terraform apply»' } } }\n}\n", ['terraform/apply']],
      ['production by withEnv', 'Jenkinsfile', "node { withEnv(['TF_WORKSPACE=prod']) { sh '«terraform apply»' } }\n", ['terraform/apply']],
      ['Gradle', 'build.gradle', "task x(type: Exec) {\n  commandLine '«rm', '-rf', '/srv/data»'\n}\n", ['filesystem/remove-recursive']],
      ['Groovy’s own way', 'x.groovy', 'println "«git push --force»".execute().text\n', ['git/force-push']],
    ],
    [
      ['comments and messages', 'Jenkinsfile', stage("// sh 'terraform destroy'\n echo 'terraform destroy' /* sh 'rm -rf /srv' */")],
      ['a definition', 'Jenkinsfile', "def sh(String x) { x }\ndef name = 'rm -rf /srv'\n"],
      ['another stage’s environment', 'Jenkinsfile', "pipeline {\n  stages {\n    stage('a') { environment { TF_WORKSPACE = 'prod' }\n steps { echo 'x' } }\n    stage('b') { steps { sh 'terraform apply' } }\n  }\n}\n"],
      ['a disk that is thrown away', 'Jenkinsfile', "pipeline {\n  agent { docker { image 'x' } }\n  stages { stage('a') { steps { sh 'rm -rf /usr/share/doc' } } }\n}\n"],
    ],
  );
});
