// Brings the shells that the tests of the guards need, where that needs nobody's password; without them those tests
// say that they were skipped, and why.
import { ensureSystemPackages, fishPackage, zshPackage } from './system-packages.js';

ensureSystemPackages([zshPackage, fishPackage], 'testing the shell guards').catch((error: unknown) => console.log(error instanceof Error ? error.message : String(error)));
