using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction;

/// <summary>A step of comparing files with the links known now: on to the next files that too many rows have moved away from.</summary>
/// <param name="Rewrite">What is to be written anew; null where nothing was found.</param>
/// <param name="After">The last run of files that was compared.</param>
/// <param name="IsThrough">Whether there are no further ones.</param>
sealed record MovedRows(MergePlan? Rewrite, string After, bool IsThrough)
{
    /// <summary>Compares the files behind a place, until some have to be written anew or as much was read as one step may.</summary>
    /// <param name="after">Where the last step ended.</param>
    public static async Task<MovedRows> FindAsync(TableContext context, DeltaSnapshot version, string after, CancellationToken cancellationToken)
    {
        var persons = await context.PersonsAsync(cancellationToken);
        var left = context.Limits.MaxComparedBytes;
        // Files that are written while this goes on have the persons of now; in front of the place they are left out rightly, behind it they are compared for nothing.
        foreach (var run in TableFile.Of(version).GroupBy(file => file.Run, StringComparer.Ordinal).Where(run => string.CompareOrdinal(run.Key, after) > 0).OrderBy(run => run.Key, StringComparer.Ordinal))
        {
            if (left <= 0) return new(null, after, IsThrough: false);
            var moved = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var file in run)
            {
                moved[file.Path] = await CountAsync(context.Open(version, [file.Path])[0], new Subjects(context.Table, persons), cancellationToken);
                left -= file.Bytes;
            }
            after = run.Key;
            if (MergePlanner.PlanRewrites(run, moved, context.Limits.Merges) is [var plan, ..]) return new(plan, after, IsThrough: false);
        }
        return new(null, after, IsThrough: true);
    }

    static async Task<long> CountAsync(RowFile file, Subjects subjects, CancellationToken cancellationToken)
    {
        var moved = 0L;
        foreach (var segment in await RowSegment.OpenAsync(file, cancellationToken))
        {
            moved += await CountAsync(segment, subjects, cancellationToken);
            segment.Unload();
        }
        return moved;
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
