// Loaded into a child test run (mocha --require): ends it when the run that started it is gone.
import { whenOrphaned } from './processes.js';

whenOrphaned(() => process.exit(130));
