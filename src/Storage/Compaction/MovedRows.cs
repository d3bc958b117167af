using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>How many rows of each file have another person now than when the file was written.</summary>
/// <param name="ByPath">Files that have such rows.</param>
/// <param name="Claims">Claims that were known.</param>
sealed record MovedRows(IReadOnlyDictionary<string, long> ByPath, long Claims)
{
    /// <summary>Compares the files of a version with the links known now.</summary>
    /// <param name="progress">Where no claim has come since the last comparison, nothing is read.</param>
    public static async Task<MovedRows> CountAsync(TableContext context, DeltaSnapshot version, TableProgress progress, CancellationToken cancellationToken)
    {
        var claims = await context.ClaimsAsync(cancellationToken);
        var byPath = new Dictionary<string, long>(StringComparer.Ordinal);
        if (claims == progress.ClaimsSeen && progress.MovedCountedAt is not null) return new(byPath, claims);
        var persons = await context.PersonsAsync(cancellationToken);
        foreach (var path in version.Files.Keys.Order(StringComparer.Ordinal))
        {
            var moved = 0L;
            foreach (var segment in await RowSegment.OpenAsync(context.Open(version, [path])[0], cancellationToken))
            {
                await segment.LoadAsync(cancellationToken);
                moved += await CountAsync(segment, new Subjects(context.Table, persons), cancellationToken);
                segment.Unload();
            }
            if (moved > 0) byPath[path] = moved;
        }
        return new(byPath, claims);
    }

    static async Task<long> CountAsync(RowSegment segment, Subjects subjects, CancellationToken cancellationToken)
    {
        var rows = new int[segment.RowCount];
        for (var row = 0; row < rows.Length; row++) rows[row] = row;
        var (now, names) = (new int[rows.Length], new Utf8Dictionary());
        await subjects.ReadAsync(segment, rows, now, names.CodeOf, cancellationToken);
        var then = (Rows.TextColumn?)await segment.ReadAsync(LakeSchema.Person, cancellationToken);
        var known = new int[then?.Dictionary.Count ?? 0];
        for (var code = 0; code < known.Length; code++) known[code] = names.CodeOf(then!.Dictionary[code]);
        var moved = 0L;
        for (var row = 0; row < rows.Length; row++)
            if (now[row] != (then is null || then.Codes[row] < 0 ? -1 : known[then.Codes[row]])) moved++;
        return moved;
    }
}
