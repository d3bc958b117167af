using System.Collections.Immutable;
using Cairn.Storage.Delta;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>One version of a table of rows: its columns, its files, and up to where it holds each stream. Never changes.</summary>
public sealed class LakeVersion : IPassedRows
{
    readonly KeyLookup lookup;
    readonly Dictionary<string, LakeRows> byPath;
    readonly Dictionary<(string StreamId, int Partition), long> places;

    LakeVersion(DeltaSnapshot delta, LakeSchema schema, KeyLookup lookup, Dictionary<string, LakeRows> byPath)
    {
        Delta = delta;
        Schema = schema;
        this.lookup = lookup;
        this.byPath = byPath;
        Files = [.. byPath.Values.OrderBy(file => file.File.Path, StringComparer.Ordinal)];
        places = delta.Places.Values.Select(place => (Place: place, At: place.AppId.LastIndexOf('-')))
            .Where(place => place.At > 0 && int.TryParse(place.Place.AppId.AsSpan(place.At + 1), out _))
            .ToDictionary(place => (place.Place.AppId[..place.At], int.Parse(place.Place.AppId.AsSpan(place.At + 1), System.Globalization.CultureInfo.InvariantCulture)), place => place.Place.Version);
    }

    /// <summary>As the log has it: what a commit is made from.</summary>
    public DeltaSnapshot Delta { get; }

    public LakeSchema Schema { get; }

    /// <summary>By path, ordinal.</summary>
    public IReadOnlyList<LakeRows> Files { get; }

    /// <summary>The last message of a stream's partition that it holds; <see cref="long.MinValue"/> where it has none.</summary>
    public long PlaceOf(string streamId, int partition) => places.GetValueOrDefault((streamId, partition), long.MinValue);

    /// <param name="before">The version known before: what both have is the same object.</param>
    internal static LakeVersion Of(string table, DeltaSnapshot delta, LakeFiles files, KeyLookup lookup, LakeVersion? before)
    {
        var schema = before is not null && ReferenceEquals(before.Delta.Schema, delta.Schema) ? before.Schema : LakeSchema.Of(table, delta.Schema);
        var byPath = new Dictionary<string, LakeRows>(delta.Files.Count, StringComparer.Ordinal);
        var opener = files.Opener(delta, schema);
        foreach (var file in delta.Files.Values)
            byPath.Add(file.Path, before?.byPath.GetValueOrDefault(file.Path) ?? Open(LakeFile.Of(delta, file)));
        return new(delta, schema, lookup, byPath);

        LakeRows Open(LakeFile file) => new(file, opener(file));
    }

    ValueTask<IReadOnlyList<PassedCopy>> IPassedRows.FindCopiesAsync(KnownFile file, IPassedRows? since, CancellationToken cancellationToken) =>
        lookup.FindAsync(Delta.Root, file, [.. Files.Where(own => (since as LakeVersion)?.byPath.ContainsKey(own.File.Path) != true)], cancellationToken);
}

/// <summary>A data file of a version: what the log says of it, and its rows.</summary>
public sealed record LakeRows(LakeFile File, RowFile Rows);
