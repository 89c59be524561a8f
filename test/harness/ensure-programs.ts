// Brings the shells and the database that the integration tests need, where that needs nobody's password; without them
// those tests say that they were skipped, and why.
import { ensureSystemPackages, fishPackage, postgresPackage, zshPackage } from './system-packages.js';

const complain = (error: unknown) => console.log(error instanceof Error ? error.message : String(error));

async function ensure(): Promise<void> {
  await ensureSystemPackages([zshPackage, fishPackage], 'testing the shell guards').catch(complain);
  await ensureSystemPackages([postgresPackage], 'testing the PostgreSQL store').catch(complain);
}

void ensure();
