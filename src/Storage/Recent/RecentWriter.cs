using System.Globalization;
using System.IO.Hashing;
using Cairn.Storage.Parquet;

namespace Cairn.Storage.Recent;

/// <summary>Writes collected rows as one recent file.</summary>
public static class RecentWriter
{
    /// <summary>Stores the rows as Parquet, one row group, columns in the builder's order; when it returns they are durable.</summary>
    /// <remarks>
    /// The name ends in a hash of the content: the same batch stored again, after an answer that got lost, makes no second file. A batch
    /// stored again with other content or borders does, and readers take its rows once.
    /// </remarks>
    /// <returns>The blob's name.</returns>
    public static async Task<string> WriteAsync(IBlobStore blobs, RecentFileName name, RecentRowsBuilder rows, CancellationToken cancellationToken)
    {
        var columns = rows.Columns;
        using var writer = new ParquetWriter(new(columns.Select(column => column.Stored)), new() { MaxRowsPerRowGroup = int.MaxValue });
        writer.BeginRowGroup(rows.RowCount);
        for (var i = 0; i < columns.Count; i++) columns[i].Write(writer, i, rows.RowCount);
        writer.EndRowGroup();
        var content = writer.Finish();
        var blob = name.WithUnique(XxHash3.HashToUInt64(content.Span).ToString("x16", CultureInfo.InvariantCulture));
        await blobs.PutAsync(blob, content, PutCondition.IfAbsent, cancellationToken);
        return blob;
    }
}
