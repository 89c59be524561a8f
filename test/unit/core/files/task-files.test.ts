import { cases } from './cases.js';

const RM = 'filesystem/remove-recursive';
const DESTROY = 'terraform/destroy';

describe('files of named tasks', () => {
  cases(
    [
      ['Composer', 'composer.json', '{"scripts":{"x":["@php artisan list","«rm -rf /srv»"],"y":"«git push -f»"}}', [RM, 'git/force-push']],
      ['Deno', 'deno.jsonc', '{ // tasks\n"tasks":{"x":"«rm -rf /srv»","y":{"command":"«git push -f»"}}}', [RM, 'git/force-push']],
      ['Nx', 'apps/shop/project.json', '{"targets":{"x":{"executor":"nx:run-commands","options":{"commands":["ls",{"command":"«terraform destroy»"}]}}}}', [DESTROY]],
      ['poethepoet', 'pyproject.toml', '[tool.poe.tasks]\nx = "«rm -rf /srv»"\ny = { shell = "ls; «git push -f»", help = "rm -rf /" }\n[tool.poe.tasks.z]\ncmd = \'«terraform destroy»\'\n', [RM, 'git/force-push', DESTROY]],
      ['PDM', 'pyproject.toml', '[tool.pdm.scripts]\nx = {composite = [\n  "ls",\n  "«rm -rf /srv»",\n]}\n', [RM]],
      ['tox', 'tox.ini', '[testenv:x]\ncommands =\n    pytest\n    - «rm -rf /srv/data»\ndeps = x\n', [RM]],
      ['Rake', 'Rakefile', 'task :x do\n  «sh "rm -rf /srv"»\nend\n', [RM]],
      ['a debugged program', '.vscode/launch.json', '{"configurations":[{"name":"x","runtimeExecutable":"«terraform","runtimeArgs":["destroy»"]}]}', [DESTROY]],
    ],
    [
      ['Composer’s own', 'composer.json', '{"description":"rm -rf /srv","scripts":{"post-install-cmd":"App\\\\Hook::run","x":"@composer install"}}'],
      ['other tables', 'pyproject.toml', '[project]\ndescription = "rm -rf /srv"\n[tool.poe]\nx = "rm -rf /srv"\n[tool.poe.tasks]\nx = "pytest"\n'],
      ['other settings', 'tox.ini', '[tox]\ndescription = rm -rf /srv\n[testenv]\ndeps =\n    rm -rf /srv\ncommands = pytest\n'],
      ['a project of something else', 'project.json', '{"name":"rm -rf /srv","targets":{"x":{"executor":"@nx/js:tsc","options":{"outputPath":"dist"}}}}'],
    ],
  );
});
