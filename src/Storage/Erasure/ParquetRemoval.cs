using Cairn.Storage.Parquet;

namespace Cairn.Storage.Erasure;

/// <summary>Writes a Parquet file anew without some of its rows: row groups that hold none of them are copied byte for byte.</summary>
static class ParquetRemoval
{
    /// <summary>Bytes that are sent at once.</summary>
    const int PieceBytes = 4 << 20;

    /// <summary>Writes what is left of a file under another name.</summary>
    /// <param name="from">Columns are flat.</param>
    /// <param name="gone">Rows of the file, ascending; some rows stay.</param>
    /// <param name="notesOf">The notes of the new file's footer, told by what became of each row group.</param>
    /// <returns>The new file's bytes' number.</returns>
    /// <exception cref="ParquetFormatException">The file is torn or altered; nothing is there then.</exception>
    public static async Task<long> WriteAsync(
        IBlobStore blobs, string name, ParquetReader from, IReadOnlyList<int> gone, Func<IReadOnlyList<KeptGroup>, IReadOnlyDictionary<string, string>> notesOf, CancellationToken cancellationToken)
    {
        var schema = new ParquetSchema(from.Schema.Leaves.Select(leaf => leaf.Column with { KeepsRange = KeepsRange(from, leaf.Index) }));
        await using var waiting = new MemoryStream();
        using var writer = new ParquetWriter(schema, waiting, new() { MaxRowsPerRowGroup = int.MaxValue });
        await using var draft = await blobs.BeginAsync(name, cancellationToken);
        var (groups, first, at) = (new List<KeptGroup>(), 0, 0);
        for (var group = 0; group < from.RowGroups.Count; group++)
        {
            var rowCount = from.RowGroups[group].RowCount;
            var begin = at;
            while (at < gone.Count && gone[at] < first + rowCount) at++;
            var kept = Kept(rowCount, gone, begin, at, first);
            if (kept.Length == rowCount) await writer.CopyRowGroupAsync(from, group, cancellationToken);
            else if (kept.Length > 0) await CopyAsync(writer, from, group, kept, cancellationToken);
            if (kept.Length > 0) groups.Add(new(group, kept.Length == rowCount ? null : kept));
            first += rowCount;
            if (waiting.Length >= PieceBytes) await SendAsync(draft, waiting, cancellationToken);
        }
        writer.Finish(notesOf(groups));
        await SendAsync(draft, waiting, cancellationToken);
        return await draft.EndAsync(cancellationToken) is null ? throw new InvalidOperationException($"{name} is there already") : writer.Length;
    }

    static int[] Kept(int rowCount, IReadOnlyList<int> gone, int begin, int end, int first)
    {
        var kept = new List<int>(rowCount);
        for (var row = 0; row < rowCount; row++)
        {
            if (begin < end && gone[begin] == first + row) begin++;
            else kept.Add(row);
        }
        return [.. kept];
    }

    static async Task CopyAsync(ParquetWriter writer, ParquetReader from, int group, int[] kept, CancellationToken cancellationToken)
    {
        writer.BeginRowGroup(kept.Length);
        for (var column = 0; column < from.Schema.Leaves.Count; column++)
        {
            var decoded = await from.ReadAsync(group, column, cancellationToken, distinct: false);
            // Rows that have a value, as they are numbered in the new row group, and as they were.
            var rows = Enumerable.Range(0, kept.Length).Where(row => !decoded.IsNull(kept[row])).ToArray();
            if (rows.Length == 0) continue;
            switch (decoded)
            {
                case TextColumn texts:
                    writer.WriteText(column, texts.Texts, Array.ConvertAll(kept, row => texts.Codes[row]));
                    break;
                case Int64Column numbers:
                    writer.WriteInt64(column, Array.ConvertAll(rows, row => numbers.Values[kept[row]]), rows);
                    break;
                case Int32Column numbers:
                    writer.WriteInt32(column, Array.ConvertAll(rows, row => numbers.Values[kept[row]]), rows);
                    break;
                case DoubleColumn numbers:
                    writer.WriteDouble(column, Array.ConvertAll(rows, row => numbers.Values[kept[row]]), rows);
                    break;
                case BooleanColumn flags:
                    writer.WriteBoolean(column, Array.ConvertAll(rows, row => flags[kept[row]]), rows);
                    break;
                default:
                    throw new NotSupportedException($"{from.Name}: no rows are removed from a column of {decoded.GetType().Name}");
            }
        }
        writer.EndRowGroup();
    }

    static bool KeepsRange(ParquetReader from, int column)
    {
        foreach (var group in from.RowGroups)
            if (group.Columns[column].HasRange) return true;
        return false;
    }

    static async Task SendAsync(IBlobDraft draft, MemoryStream waiting, CancellationToken cancellationToken)
    {
        if (waiting.Length > 0) await draft.AppendAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), cancellationToken);
        waiting.SetLength(0);
    }
}

/// <summary>A row group of the old file that lives on.</summary>
/// <param name="Group">Its number there.</param>
/// <param name="Rows">Rows that stayed; null where all did.</param>
sealed record KeptGroup(int Group, int[]? Rows);
