// Loaded with --require into an editor server and its extension hosts: in the latter it profiles the processor from their
// first moment, and writes what it has when it is sent SIGUSR2.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

/** The environment variable that names the folder of the profiles. */
export const PROFILES = 'COUNTERSIGN_PROFILES';

const INTERVAL_MICROSECONDS = 200;

const folder = process.env[PROFILES];
if (folder !== undefined && process.argv.includes('--type=extensionHost')) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS });
  session.post('Profiler.start');
  process.on('SIGUSR2', () => {
    session.post('Profiler.stop', (error, result) => {
      if (error === null) writeFileSync(path.join(folder, `${process.pid}.json`), JSON.stringify(result.profile));
    });
  });
  writeFileSync(path.join(folder, `${process.pid}.started`), '');
}
