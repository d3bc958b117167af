// What every script that NodeTool runs has in common: one JSON value in by stdin, one out by stdout, faults by stderr and exit code 1.
import fs from 'node:fs';
export async function answer(work) {
  let exitCode = 0;
  try {
    const output = JSON.stringify(await work(JSON.parse(fs.readFileSync(0, 'utf8'))), (_, value) => (typeof value === 'bigint' ? String(value) : value));
    await new Promise((done) => process.stdout.write(output, done));
  } catch (fault) {
    exitCode = 1;
    await new Promise((done) => process.stderr.write(String(fault?.stack ?? fault), done));
  }
  // Engines in process keep threads that would hold the process open.
  process.exit(exitCode);
}
