// ClickHouse, in process, as a judge. stdin: {"statements": ["sql", …]}; stdout: [{"ms": 1.5, "names": […], "types": […], "rows": [[…], …]}, …].
// 64-bit integers come as strings so that nothing is rounded on the way. A statement without rows answers null.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answer } from './answer.mjs';
const { Session } = createRequire(import.meta.url)('chdb');
// ClickHouse reads local lakes only below the working folder.
process.chdir(path.parse(os.tmpdir()).root);
await answer(async ({ statements }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cairn-clickhouse-'));
  const session = new Session(folder);
  try {
    // Rows as they stand in a file, as DuckDB gives them: left alone, it hands out whichever row group was decoded first.
    session.query('set output_format_json_quote_64bit_integers = 1, output_format_json_quote_denormals = 1, input_format_parquet_preserve_order = 1');
    return statements.map((sql) => {
      const started = performance.now();
      const text = String(session.query(sql, 'JSONCompact') ?? '').trim();
      const ms = performance.now() - started;
      if (text === '') return null;
      const { meta, data } = JSON.parse(text);
      return { ms, names: meta.map((c) => c.name), types: meta.map((c) => c.type), rows: data };
    });
  } finally {
    session.cleanup?.();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
