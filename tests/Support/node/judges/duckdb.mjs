// DuckDB as a judge. stdin: {"statements": ["sql", …]}; stdout: [{"names": […], "types": […], "rows": [[…], …]}, …].
// 64-bit integers come as strings, times as text, so that nothing is rounded on the way.
import { DuckDBInstance } from '@duckdb/node-api';
import { answer } from './answer.mjs';
await answer(async ({ statements }) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const answers = [];
  for (const sql of statements) {
    const reader = await connection.runAndReadAll(sql);
    answers.push({ names: reader.columnNames(), types: reader.columnTypes().map(String), rows: reader.getRowsJson() });
  }
  return answers;
});
