// DuckDB as a judge. stdin: {"statements": ["sql", …]}; stdout: [{"ms": 1.5, "names": […], "types": […], "rows": [[…], …]}, …].
// 64-bit integers come as strings, times as text, so that nothing is rounded on the way.
import { DuckDBInstance } from '@duckdb/node-api';
import { answer } from './answer.mjs';
await answer(async ({ statements }) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const answers = [];
  for (const sql of statements) {
    const started = performance.now();
    const reader = await connection.runAndReadAll(sql);
    answers.push({ ms: performance.now() - started, names: reader.columnNames(), types: reader.columnTypes().map(String), rows: reader.getRowsJson() });
  }
  return answers;
});
