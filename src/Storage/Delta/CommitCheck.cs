namespace Cairn.Storage.Delta;

/// <summary>Turns away commits that could only harm a table: the caller's own faults.</summary>
static class CommitCheck
{
    /// <exception cref="ArgumentException">The message says what.</exception>
    public static void Check(DeltaSnapshot basis, DeltaCommit commit)
    {
        if (commit.Adds.IsEmpty && commit.Removes.IsEmpty && commit.Places.IsEmpty && commit.Metadata is null) throw new ArgumentException("the commit changes nothing", nameof(commit));
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var add in commit.Adds)
        {
            BlobNames.Check($"{basis.Root}/{add.Path}");
            if (add.Path.StartsWith('_') || add.Path.StartsWith('.')) throw new ArgumentException($"engines take '{add.Path}' for hidden", nameof(commit));
            if (!paths.Add(add.Path)) throw new ArgumentException($"'{add.Path}' is added twice", nameof(commit));
            CheckPartitions(basis.Metadata, add);
        }
        foreach (var remove in commit.Removes)
            if (!paths.Add(remove)) throw new ArgumentException($"'{remove}' is changed twice", nameof(commit));
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in commit.Places)
        {
            if (!places.Add(place.AppId)) throw new ArgumentException($"'{place.AppId}' is moved twice", nameof(commit));
            if (place.Version <= (basis.PlaceOf(place.AppId) ?? long.MinValue)) throw new ArgumentException($"'{place.AppId}' is at {basis.PlaceOf(place.AppId)} and can't move to {place.Version}", nameof(commit));
        }
        if (commit.Metadata is { } metadata) CheckGrowth(basis.Metadata, metadata);
    }

    /// <summary>A file that lay about for long may be taken for a forgotten one by vacuum.</summary>
    public static void CheckAges(DeltaSnapshot current, DeltaCommit commit, long nowMs, TimeSpan maxAge)
    {
        foreach (var add in commit.Adds)
            if (nowMs - add.ModifiedAtMs > maxAge.TotalMilliseconds && !current.Files.ContainsKey(add.Path))
                throw new ArgumentException($"'{add.Path}' was written {TimeSpan.FromMilliseconds(nowMs - add.ModifiedAtMs)} ago; files must be committed within {maxAge}", nameof(commit));
    }

    static void CheckPartitions(DeltaMetadata metadata, DeltaFile add)
    {
        if (add.PartitionValues.Count != metadata.PartitionColumns.Length) throw new ArgumentException($"'{add.Path}' has {add.PartitionValues.Count} partition values, not {metadata.PartitionColumns.Length}", nameof(add));
        foreach (var name in metadata.PartitionColumns)
            if (!add.PartitionValues.ContainsKey(metadata.Schema.Find(name)!.PhysicalName)) throw new ArgumentException($"'{add.Path}' has no value of partition column '{name}', by its physical name", nameof(add));
    }

    /// <summary>Columns that are there keep their place in files: none changes its type or physical name, and no id comes again.</summary>
    static void CheckGrowth(DeltaMetadata before, DeltaMetadata after)
    {
        if (after.Id != before.Id) throw new ArgumentException("a table keeps its id", nameof(after));
        if (!after.PartitionColumns.SequenceEqual(before.PartitionColumns)) throw new ArgumentException("a table keeps its partition columns", nameof(after));
        if (after.Schema.LastFieldId < before.Schema.LastFieldId) throw new ArgumentException("field ids only grow", nameof(after));
        var known = before.Schema.Columns.ToDictionary(column => column.FieldId);
        foreach (var column in after.Schema.Columns)
        {
            if (known.TryGetValue(column.FieldId, out var same))
            {
                if (same.PhysicalName != column.PhysicalName || same.Type != column.Type) throw new ArgumentException($"column '{column.Name}' keeps its physical name and type", nameof(after));
            }
            else if (column.FieldId <= before.Schema.LastFieldId || !column.Nullable)
            {
                throw new ArgumentException($"the new column '{column.Name}' takes a new field id and is null in old rows", nameof(after));
            }
        }
    }
}
