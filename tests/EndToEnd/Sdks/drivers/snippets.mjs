// The first page's snippets that need no browser, pasted into files and run as they stand with the published SDKs.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { report, url } from './tools.mjs';
const run = promisify(execFile);
const place = {
  origin: url.origin, host: url.host, protocol: url.protocol.slice(0, -1),
  tokens: { mixpanel: process.env.CAIRN_TOKEN, amplitude: process.env.CAIRN_API_KEY, segment: process.env.CAIRN_WRITE_KEY },
};
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cairn-snippets-'));
fs.symlinkSync(path.join(process.env.CAIRN_NODE_TOOLS, 'node_modules'), path.join(folder, 'node_modules'));
try {
  // Under a name by which every Node 20 knows a module.
  fs.copyFileSync(process.env.CAIRN_SNIPPETS, path.join(folder, 'snippets.mjs'));
  const { snippets } = await import(path.join(folder, 'snippets.mjs'));
  const pasted = snippets.filter((snippet) => snippet.name.endsWith(' Node') || snippet.name === 'curl');
  const said = await Promise.all(pasted.map(async (snippet, index) => {
    const code = snippet.code(place);
    const file = path.join(folder, `app-${index}.${snippet.name === 'curl' ? 'sh' : code.includes('require(') ? 'cjs' : 'mjs'}`);
    fs.writeFileSync(file, code);
    const { stdout, stderr } = await run(snippet.name === 'curl' ? 'bash' : 'node', [file], { cwd: folder, timeout: 60000 });
    return { name: snippet.name, output: stdout, complaints: snippet.name === 'curl' ? '' : stderr };
  }));
  report({ said });
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
